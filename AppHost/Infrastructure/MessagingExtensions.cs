namespace QatPipeline.AppHost.Infrastructure;

/// <summary>The message broker.</summary>
internal static class MessagingExtensions
{
    private const int AmqpPort = 5672;
    private const string User = "qat";

    /// <summary>
    /// Adds RabbitMQ: external where <c>ConnectionStrings:NAME</c> is configured, a container in a manifest and where an engine answers,
    /// otherwise a process of this machine.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddMessaging(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return builder.AddContainerBroker(name);
        }

        if (builder.Configuration[$"ConnectionStrings:{name}"] is { Length: > 0 })
        {
            return builder.AddConnectionString(name);
        }

        return ContainerEngine.Answers ? builder.AddContainerBroker(name) : builder.AddProcessBroker(name);
    }

    private static IResourceBuilder<ConnectionStringResource> AddContainerBroker(this IDistributedApplicationBuilder builder, string name)
    {
        var password = builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter($"{name}-password", secret: true)
            : builder.AddParameter($"{name}-password", DataFolder.Secret($"{name}-password"), secret: true);
        var broker = builder.AddContainer("rabbitmq", "docker.io/library/rabbitmq", "4.1-alpine")
            .WithVolume("qatpipeline-rabbitmq", "/var/lib/rabbitmq")
            .WithEnvironment("RABBITMQ_NODENAME", "rabbit@localhost")
            .WithEnvironment("RABBITMQ_DEFAULT_USER", User)
            .WithEnvironment("RABBITMQ_DEFAULT_PASS", password)
            .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", $"-rabbit consumer_timeout {RabbitMqFiles.ConsumerTimeoutMilliseconds}")
            .WithEndpoint(targetPort: AmqpPort, scheme: "tcp", name: "amqp");
        var endpoint = broker.GetEndpoint("amqp");
        return builder.ConnectTo(broker, name, ReferenceExpression.Create(
            $"amqp://{User}:{password}@{endpoint.Property(EndpointProperty.Host)}:{endpoint.Property(EndpointProperty.Port)}"));
    }

    private static IResourceBuilder<ConnectionStringResource> AddProcessBroker(this IDistributedApplicationBuilder builder, string name)
    {
        InstalledTools.Require(InstalledTools.RabbitMq, "RabbitMQ");
        var files = new RabbitMqFiles(DataFolder.FolderOf("rabbitmq"), DataFolder.Ports);

        // Erlang starts its own port mapper as a daemon, which outlives the broker: here it is a child like any other, and the last to end.
        var mapper = builder.AddExecutable("rabbitmq-epmd", "epmd", files.Folder, "-address", "127.0.0.1", "-port", files.MapperPort);
        var broker = builder.AddExecutable("rabbitmq", InstalledTools.RabbitMq, files.Folder)
            .WithEndpoint(port: files.AmqpPort, targetPort: files.AmqpPort, scheme: "amqp", name: "amqp", isProxied: false)
            .WithEnvironment(context =>
            {
                foreach (var (variable, value) in files.Environment)
                {
                    context.EnvironmentVariables[variable] = value;
                }
            })
            .WaitForStart(mapper);
        mapper.WithParentRelationship(broker);
        return builder.ConnectTo(broker, name, ReferenceExpression.Create(
            $"amqp://guest:guest@{broker.GetEndpoint("amqp").Property(EndpointProperty.HostAndPort)}"));
    }

    private static IResourceBuilder<ConnectionStringResource> ConnectTo<T>(
        this IDistributedApplicationBuilder builder, IResourceBuilder<T> broker, string name, ReferenceExpression connectionString)
        where T : class, IResourceWithEndpoints
    {
        broker.WithReadinessCheck("amqp", AmqpHandshake.IsAnsweredAsync).WithConnectionFile(name, connectionString);
        return builder.AddConnectionString(name, connectionString).WaitFor(broker).WithParentRelationship(broker);
    }
}
