using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Json;

namespace QatPipeline.AppHost;

/// <summary>What stays from one run of the system to the next, in <c>.qat/data</c> or the folder that <c>QAT_DATA</c> names.</summary>
internal sealed class DataFolder
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public DataFolder(IDistributedApplicationBuilder builder)
    {
        Root = Directory.CreateDirectory(
            builder.Configuration["QAT_DATA"] ?? Path.Combine(builder.AppHostDirectory, "../.qat/data")).FullName;
        File.SetUnixFileMode(Root, OwnersFile | UnixFileMode.UserExecute);
    }

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>The full path of a folder, which exists.</summary>
    public string FolderOf(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>Writes a file that only its owner reads, whole or not at all.</summary>
    public void Write(string name, string content)
    {
        var file = Path.Combine(Root, name);
        File.WriteAllText(file + ".new", content);
        File.SetUnixFileMode(file + ".new", OwnersFile);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>A password that nobody else has, the same from one run to the next: 64 hexadecimal digits.</summary>
    public string Secret(string name)
    {
        const string file = "secrets.json";
        var secrets = Read<string>(file);
        if (!secrets.TryGetValue(name, out var secret))
        {
            secrets[name] = secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
            Write(file, JsonSerializer.Serialize(secrets));
        }

        return secret;
    }

    /// <summary>A free port, the same from one run to the next: bookmarks hold.</summary>
    public int Port(string name)
    {
        const string file = "ports.json";
        var ports = Read<int>(file);
        if (!ports.TryGetValue(name, out var port) || !BecomesFree(port))
        {
            // The new one is below those given to outgoing connections.
            port = Random.Shared.GetItems([.. Enumerable.Range(20_000, 10_000).Except(Taken()).Except(ports.Values)], 1)[0];
            ports[name] = port;
            Write(file, JsonSerializer.Serialize(ports));
        }

        return port;
    }

    private SortedDictionary<string, T> Read<T>(string name) => Path.Combine(Root, name) is var file && File.Exists(file)
        ? JsonSerializer.Deserialize<SortedDictionary<string, T>>(File.ReadAllText(file))!
        : [];

    // A killed system needs some seconds to let go of it; after that, somebody else has it.
    private static bool BecomesFree(int port)
    {
        var waited = Stopwatch.StartNew();
        while (Taken().Contains(port))
        {
            if (waited.Elapsed > LongestWait)
            {
                return false;
            }

            Thread.Sleep(200);
        }

        return true;
    }

    // Who listens at another address of the machine, such as a forwarder for another host, is not in our way.
    private static IEnumerable<int> Taken() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => IPAddress.IsLoopback(listener.Address)
                || listener.Address.Equals(IPAddress.Any)
                || listener.Address.Equals(IPAddress.IPv6Any))
            .Select(listener => listener.Port);
}
