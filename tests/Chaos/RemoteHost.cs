using System.Globalization;
using System.Text.RegularExpressions;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Chaos;

/// <summary>
/// A second host: a network namespace with replicas of services, connected by a cable that can be pulled. It has its own file cache, and
/// a supervisor that starts again what ends. Takes root, <c>ip</c> and <c>socat</c>.
/// </summary>
internal sealed partial class RemoteHost : IDisposable
{
    private const string Here = "10.213.1.1";
    private const string There = "10.213.1.2";

    // They need nothing but the broker and the storage, whose ports stay what they are over every restart.
    private static readonly string[] Services = ["onnx-graph-optimization", "trt-engine-building"];

    private readonly string _name;
    private readonly HashSet<string> _forwarded = [];
    private readonly List<ChildProcess> _processes = [];

    private RemoteHost(string name) => _name = name;

    private string Cable => $"{_name}-here";

    /// <summary>Starts the host beside the system; null where that is not allowed.</summary>
    public static async Task<RemoteHost?> TryStartAsync(Victims victims, string folder, CancellationToken cancellationToken)
    {
        var host = new RemoteHost($"qat{Environment.ProcessId}");
        if (!Environment.IsPrivilegedProcess || !host.TryConnect())
        {
            host.Dispose();
            return null;
        }

        var httpPort = 5000;
        foreach (var service in Services)
        {
            var local = await victims.FindAsync(service, cancellationToken);
            host.StartReplica(local, Path.Combine(folder, service), ++httpPort);
        }

        return host;
    }

    public void PullCable() => Shell.Run($"ip link set {Cable} down");

    public void PlugCable() => Shell.Run($"ip link set {Cable} up");

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        Shell.Run($"ip link delete {Cable}");
        Shell.Run($"ip netns pids {_name} | xargs -r kill -KILL");
        Shell.Run($"ip netns delete {_name}");
    }

    private bool TryConnect() =>
        Shell.Run($"""
            set -e
            command -v socat
            ip netns add {_name}
            ip link add {Cable} type veth peer name {_name}-there netns {_name}
            ip addr add {Here}/24 dev {Cable}
            ip link set {Cable} up
            ip -n {_name} addr add {There}/24 dev {_name}-there
            ip -n {_name} link set {_name}-there up
            ip -n {_name} link set lo up
            """);

    // The environment is that of the replica here, with the addresses as seen from there.
    private void StartReplica(int local, string folder, int httpPort)
    {
        Directory.CreateDirectory(folder);
        var environment = Victims.EnvironmentOf(local).ToDictionary(StringComparer.Ordinal);
        environment.Remove("EndWithParent");
        environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{httpPort}");
        environment["Storage__CacheFolder"] = folder;
        foreach (var name in environment.Keys.Where(name => name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToArray())
        {
            environment[name] = LocalAddress.Replace(environment[name], match => $"{Here}:{Forwarded(match.Groups[1].Value)}");
        }

        // The program is not named in the supervisor's command line, by which it would be taken for it.
        environment["PROGRAM"] = File.ResolveLinkTarget($"/proc/{local}/exe", returnFinalTarget: true)!.FullName;
        _processes.Add(ChildProcess.Start(
            "ip", ["netns", "exec", _name, "bash", "-c", "while true; do $PROGRAM; sleep 1; done"], environment));
    }

    // The port of this machine under which the other reaches it.
    private string Forwarded(string port)
    {
        if (_forwarded.Add(port))
        {
            string[] arguments = [$"TCP-LISTEN:{port},bind={Here},fork,reuseaddr", $"TCP:127.0.0.1:{port}"];
            _processes.Add(ChildProcess.Start("socat", arguments, new Dictionary<string, string>()));
        }

        return port;
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex LocalAddress { get; }
}
