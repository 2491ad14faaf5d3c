using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace QatPipeline.AppHost;

/// <summary>RabbitMQ.</summary>
internal static class Broker
{
    // A stage may work for hours before it acknowledges its message; the default would take it away after 30 minutes.
    private const string ConsumerTimeout = "86400000";

    public static ConnectionBuilder AddBroker(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddInfrastructure(
            name,
            () => builder.AddRabbitMQ(name, builder.AddParameter(
                    $"{name}-user", new GenerateParameterDefault { MinLength = 16, Special = false }, secret: true, persist: true))
                .WithDataVolume("qatpipeline-rabbitmq")
                .WithEnvironment("RABBITMQ_NODENAME", "rabbit@localhost")
                .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", $"-rabbit consumer_timeout {ConsumerTimeout}"),
            data => builder.AddProcess(name, data));

    private static IResourceBuilder<LocalProcess> AddProcess(this IDistributedApplicationBuilder builder, string name, DataFolder data)
    {
        // Debian's own script: the one on PATH changes the user and the folder first.
        var program = LocalProcess.Require("RabbitMQ", "/usr/lib/rabbitmq/bin/rabbitmq-server");
        var (folder, port) = (data.FolderOf("rabbitmq"), data.Port("amqp"));
        var (mapperPort, distributionPort) = ($"{data.Port("epmd")}", $"{data.Port("rabbitmq-distribution")}");
        var (user, password) = ($"qat-{data.Secret($"{name}-user")[..16]}", data.Secret($"{name}-password"));
        data.Write("rabbitmq/rabbitmq.conf", $"""
            listeners.tcp.local = 127.0.0.1:{port}
            consumer_timeout = {ConsumerTimeout}
            load_definitions = {Path.Combine(folder, "definitions.json")}
            # The disk of a developer's machine is shared: stop accepting messages only when it is really full.
            disk_free_limit.absolute = 200MB
            log.console.level = warning
            """);

        data.Write("rabbitmq/definitions.json", Definitions(user, password));

        // Erlang starts its own port mapper as a daemon, which outlives the broker: here it is a child like any other.
        var mapper = builder.AddExecutable($"{name}-epmd", "epmd", folder, "-address", "127.0.0.1", "-port", mapperPort);
        var server = new Uri($"amqp://{user}:{password}@127.0.0.1:{port}");
        var broker = builder.AddResource(new LocalProcess(name, program, folder, server.OriginalString))
            .WithEndpoint(port: port, targetPort: port, scheme: "amqp", name: "amqp", isProxied: false)
            // The cookie lies in HOME.
            .WithEnvironment("HOME", folder)
            .WithEnvironment("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .WithEnvironment("RABBITMQ_CONFIG_FILE", Path.Combine(folder, "rabbitmq.conf"))
            .WithEnvironment("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(folder, "enabled_plugins"))
            .WithEnvironment("RABBITMQ_MNESIA_BASE", Path.Combine(folder, "mnesia"))
            .WithEnvironment("RABBITMQ_LOGS", "-")
            .WithEnvironment("RABBITMQ_LOG_BASE", Path.Combine(folder, "log"))
            .WithEnvironment("RABBITMQ_NODENAME", "qat@localhost")
            .WithEnvironment("RABBITMQ_DIST_PORT", distributionPort)
            .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
            .WithEnvironment("ERL_EPMD_ADDRESS", "127.0.0.1")
            .WithEnvironment("ERL_EPMD_PORT", mapperPort)
            .WaitForStart(mapper)
            .WithChildRelationship(mapper)
            .WithHealthCheck($"{name}_check");

        IConnection? connection = null;
        builder.Services.AddHealthChecks().AddRabbitMQ(
            async _ => connection ??= await new ConnectionFactory { Uri = server }.CreateConnectionAsync(), $"{name}_check");
        return broker;
    }

    /// <summary>
    /// The broker's users, as it reads them at every start: ours, and <c>guest</c> of earlier data folders without a password.
    /// </summary>
    private static string Definitions(string user, string password)
    {
        // https://www.rabbitmq.com/docs/passwords: the salt's four bytes, then the digest of salt and password.
        byte[] salt = RandomNumberGenerator.GetBytes(4);
        var hash = Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
        const string hashing = "rabbit_password_hashing_sha256";
        return JsonSerializer.Serialize(new
        {
            vhosts = new[] { new { name = "/" } },
            users = new[]
            {
                new { name = user, password_hash = hash, hashing_algorithm = hashing, tags = "administrator" },
                new { name = "guest", password_hash = "", hashing_algorithm = hashing, tags = "" },
            },
            permissions = new[] { new { user, vhost = "/", configure = ".*", write = ".*", read = ".*" } },
        });
    }
}
