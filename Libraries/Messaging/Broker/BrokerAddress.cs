using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace QatPipeline.Messaging.Broker;

internal static class BrokerAddress
{
    private const string ConnectionName = "messaging";

    /// <summary>The broker's address with user and password.</summary>
    public static string GetPipelineBroker(this IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) ?? throw new InvalidOperationException(
            "No message broker: set ConnectionStrings__messaging to amqp://user:password@host:port.");

    /// <summary>Whether the broker at the address takes a new connection.</summary>
    public static async Task<bool> AnswersAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(address, cancellationToken);
            return connection.IsOpen;
        }
        catch (Exception exception) when (exception is IOException or RabbitMQClientException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A connection of its own, which ends when the broker is lost.</summary>
    public static Task<IConnection> ConnectAsync(string address, CancellationToken cancellationToken) =>
        new ConnectionFactory { Uri = new Uri(address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(cancellationToken);
}
