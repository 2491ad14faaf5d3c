using System.Net;
using System.Net.Sockets;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>Free ports of the loopback interface.</summary>
public static class LoopbackPorts
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
