using System.Globalization;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>A RabbitMQ node whose files and ports are all its own: it shares nothing with a broker of the system.</summary>
internal sealed class RabbitMqFiles
{
    private static readonly TimeSpan ConsumerTimeout = TimeSpan.FromHours(24);

    public RabbitMqFiles(string folder, RememberedPorts ports)
    {
        Folder = folder;
        AmqpPort = ports.Get("amqp");
        MapperPort = Text(ports.Get("epmd"));
        Write("rabbitmq-env.conf", string.Empty);
        Write("enabled_plugins", "[].");
        Write("rabbitmq.conf", $"""
            # A stage may work for hours before it acknowledges its message; the default would take it away after 30 minutes.
            consumer_timeout = {ConsumerTimeoutMilliseconds}
            listeners.tcp.default = 127.0.0.1:{AmqpPort}
            # The disk of a developer's machine is shared: stop accepting messages only when it is really full.
            disk_free_limit.absolute = 200MB
            log.console = true
            log.console.level = warning
            log.file = false
            # The readiness check connects, hears the broker's greeting and goes: not worth a warning each time.
            log.connection.level = error

            """);
        Environment = new Dictionary<string, string>
        {
            // The cookie lies in HOME.
            ["HOME"] = folder,
            ["RABBITMQ_CONF_ENV_FILE"] = In("rabbitmq-env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
            ["RABBITMQ_NODENAME"] = $"qat-{AmqpPort}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(AmqpPort),
            ["RABBITMQ_DIST_PORT"] = Text(ports.Get("rabbitmq-distribution")),
            ["RABBITMQ_MNESIA_BASE"] = In("mnesia"),
            ["RABBITMQ_MNESIA_DIR"] = In("mnesia", "node"),
            ["RABBITMQ_LOG_BASE"] = In("log"),
            ["RABBITMQ_PID_FILE"] = In("pid"),
            ["RABBITMQ_FEATURE_FLAGS_FILE"] = In("feature_flags"),
            ["ERL_EPMD_PORT"] = MapperPort,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        };
    }

    public static string ConsumerTimeoutMilliseconds { get; } = Text((long)ConsumerTimeout.TotalMilliseconds);

    public string Folder { get; }

    public int AmqpPort { get; }

    /// <summary>The port of Erlang's port mapper.</summary>
    public string MapperPort { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    private string In(params string[] parts) => Path.Combine([Folder, .. parts]);

    private void Write(string name, string content) => File.WriteAllText(In(name), content);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
