namespace QatPipeline.Cli.Doctor;

/// <summary>The message broker: the one that is configured, else RabbitMQ as it is installed.</summary>
internal sealed class BrokerCheck : IMachineCheck
{
    /// <summary>Where a broker of one's own is named.</summary>
    public const string Variable = "ConnectionStrings__messaging";

    private const string Name = "broker";
    private const int AmqpPort = 5672;
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connection)
        {
            return Uri.TryCreate(connection, UriKind.Absolute, out var address)
                && await Endpoint.AnswersAsync(address, AmqpPort, cancellationToken)
                ? Finding.Found(Name, $"{address.Host} answers", Finding.System)
                : Finding.Missing(
                    Name,
                    $"nothing answers at the address in {Variable}",
                    Finding.System,
                    "set it to amqp://user:password@host:port of a broker that runs, or unset it");
        }

        return File.Exists(Server)
            ? Finding.Found(Name, "RabbitMQ is installed", Finding.System)
            : Finding.Missing(Name, "RabbitMQ is not installed", Finding.System, "./qat setup, or set ConnectionStrings__messaging");
    }
}
