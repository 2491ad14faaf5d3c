using System.Net.NetworkInformation;
using System.Text.Json;

namespace QatPipeline.AppHost;

/// <summary>What stays from one run of the system to the next, in <c>.qat/data</c> or the folder that <c>QAT_DATA</c> names.</summary>
internal sealed class DataFolder(IDistributedApplicationBuilder builder)
{
    /// <summary>Its full path.</summary>
    public string Root { get; } = Directory.CreateDirectory(
        builder.Configuration["QAT_DATA"] ?? Path.Combine(builder.AppHostDirectory, "../.qat/data"),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    /// <summary>The full path of a folder, which exists.</summary>
    public string FolderOf(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>Writes a file, whole or not at all.</summary>
    public void Write(string name, string content)
    {
        var file = Path.Combine(Root, name);
        File.WriteAllText(file + ".new", content);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>A free port, the same from one run to the next: bookmarks hold.</summary>
    public int Port(string name)
    {
        var file = Path.Combine(Root, "ports.json");
        var ports = File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, int>>(File.ReadAllText(file))! : [];
        if (!ports.TryGetValue(name, out var port) || !SpinWait.SpinUntil(() => !Taken().Contains(port), TimeSpan.FromSeconds(30)))
        {
            // A killed system got time to let go of it: somebody else has it. The new one is below those given to outgoing connections.
            port = Random.Shared.GetItems([.. Enumerable.Range(20_000, 10_000).Except(Taken()).Except(ports.Values)], 1)[0];
            ports[name] = port;
            Write("ports.json", JsonSerializer.Serialize(ports));
        }

        return port;
    }

    private static IEnumerable<int> Taken() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port);
}
