using System.Net;
using System.Net.Sockets;

namespace QatPipeline.Benchmarks.ImageStream;

/// <summary>The least that a copy over loopback costs.</summary>
internal static class RawSocket
{
    private const int Chunk = 1 << 20;

    public static async Task<long> ReadAsync(long bytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var reader = new TcpClient();
        await reader.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var writer = await listener.AcceptTcpClientAsync();
        var sending = Task.Run(async () =>
        {
            var content = new byte[Chunk];
            for (var sent = 0L; sent < bytes; sent += Chunk)
            {
                await writer.Client.SendAsync(content);
            }

            writer.Client.Shutdown(SocketShutdown.Send);
        });

        var buffer = new byte[Chunk];
        var received = 0L;
        for (int read; (read = await reader.Client.ReceiveAsync(buffer)) > 0;)
        {
            received += read;
        }

        await sending;
        return received;
    }
}
