using Microsoft.Extensions.Configuration;

namespace QatPipeline.Messaging.Delivery;

internal static class BrokerAddress
{
    private const string ConnectionName = "messaging";

    /// <summary>The broker's address with user and password.</summary>
    public static string GetPipelineBroker(this IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) ?? throw new InvalidOperationException(
            "No message broker: set ConnectionStrings__messaging to amqp://user:password@host:port.");
}
