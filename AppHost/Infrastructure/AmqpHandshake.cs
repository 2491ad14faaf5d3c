using System.Net.Sockets;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>Whether a broker speaks AMQP yet; it accepts connections some seconds before it does.</summary>
internal static class AmqpHandshake
{
    // Protocol header of AMQP 0-9-1, https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf section 4.2.2.
    private static readonly byte[] Header = [.. "AMQP"u8, 0, 0, 9, 1];

    /// <summary>The broker's answer is a method frame, whose first byte is 1.</summary>
    public static async Task<bool> IsAnsweredAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", endpoint.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Header, cancellationToken);
        var answer = new byte[1];
        return await stream.ReadAsync(answer, cancellationToken) == 1 && answer[0] == 1;
    }
}
