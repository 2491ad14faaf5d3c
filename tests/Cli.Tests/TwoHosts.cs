using System.Diagnostics;

namespace QatPipeline.Cli.Tests;

/// <summary>
/// Two hosts of one machine: network namespaces with a cable between them, and what takes a command to the other in place of ssh. Only
/// root can lay it.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    public const string SkipReason = "Network namespaces are not to be had: they take root and iproute2.";

    /// <summary>Addresses on the cable; there is nobody at the third, and no program at the fourth.</summary>
    public const string First = "10.214.1.1", Second = "10.214.1.2", Nobody = "10.214.1.3", Bare = "10.214.1.4";

    private const string Cable = "qat0";

    private readonly string _name = $"qat-{Environment.ProcessId}";
    private readonly ScratchFolder _folder = new();

    private string Launcher => _folder.PathOf("launch.sh");

    /// <summary>The program that runs a command on the first host, with its arguments.</summary>
    public string[] Way =>
    [
        "ip", "netns", "exec", $"{_name}-1", "env",
        $"HYDRA_LAUNCHER_EXEC={Launcher}", $"HYDRA_IFACE={Cable}", "UCX_TLS=tcp,self",
    ];

    /// <summary>Both, or null where they are not to be had.</summary>
    public static TwoHosts? TryCreate()
    {
        var hosts = new TwoHosts();
        if (Environment.IsPrivilegedProcess && hosts.TryConnect())
        {
            return hosts;
        }

        hosts.Dispose();
        return null;
    }

    public void Dispose()
    {
        Run($"ip netns delete {_name}-1; ip netns delete {_name}-2");
        _folder.Dispose();
    }

    private bool TryConnect()
    {
        // As hydra calls ssh: -x HOST "PROGRAM" ARGUMENTS. The bare host sees an empty folder where the command is.
        File.WriteAllText(Launcher, $"""
            #!/bin/sh
            shift
            host=$1
            shift
            case $host in
            {Second}) exec ip netns exec {_name}-2 sh -c "$*" ;;
            {Bare}) exec ip netns exec {_name}-2 sh -c "mount -t tmpfs none {AppContext.BaseDirectory}; $*" ;;
            esac
            echo "no route to $host" >&2
            exit 255

            """);
        return Run($"""
            set -e
            chmod +x {Launcher}
            ip netns add {_name}-1
            ip netns add {_name}-2
            ip link add {Cable} netns {_name}-1 type veth peer name {Cable} netns {_name}-2
            ip -n {_name}-1 addr add {First}/24 dev {Cable}
            ip -n {_name}-2 addr add {Second}/24 dev {Cable}
            for host in 1 2; do
                ip -n {_name}-$host link set {Cable} up
                ip -n {_name}-$host link set lo up
            done
            """);
    }

    private static bool Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
