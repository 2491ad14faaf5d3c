using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>
/// Free ports, chosen once and written down: bookmarks and other tools' settings hold from one run to the next. A port that somebody
/// else has taken in the meantime is replaced.
/// </summary>
internal sealed class RememberedPorts(string file)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly SortedDictionary<string, int> _ports = Read(file);

    /// <summary>The port of a name, free at this moment.</summary>
    public int Get(string name)
    {
        if (_ports.TryGetValue(name, out var port) && IsFree(port))
        {
            return port;
        }

        do
        {
            port = Free();
        }
        while (_ports.ContainsValue(port));
        _ports[name] = port;
        File.WriteAllText(file, JsonSerializer.Serialize(_ports, Format));
        return port;
    }

    private static SortedDictionary<string, int> Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, int>>(File.ReadAllText(file)) ?? [] : [];
        }
        catch (JsonException)
        {
            // Half written by a run that was killed: other ports do as well.
            return [];
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
