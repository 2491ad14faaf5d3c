using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>A RabbitMQ server of a test's own: loopback, free ports, data in a scratch folder that outlives a restart.</summary>
public sealed class RabbitMqProcess : IDisposable
{
    public const string SkipReason = "needs RabbitMQ: run ./qat setup";

    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);

    private readonly ScratchFolder _folder = new();
    private readonly int _port = LoopbackPorts.Next();
    private readonly int _distributionPort = LoopbackPorts.Next();
    private readonly int _portMapperPort = LoopbackPorts.Next();
    private ChildProcess? _portMapper;
    private ChildProcess? _server;

    private readonly string _password;
    private readonly TimeSpan _consumerTimeout;

    private RabbitMqProcess(bool hasManagement, string password, TimeSpan consumerTimeout)
    {
        ManagementPort = hasManagement ? LoopbackPorts.Next() : null;
        (_password, _consumerTimeout) = (password, consumerTimeout);
    }

    public static bool IsAvailable => File.Exists(Server);

    /// <summary>Connection string for AMQP clients.</summary>
    public string ConnectionString => $"amqp://guest:{_password}@127.0.0.1:{_port}";

    /// <summary>The port of the management plugin's HTTP API, where the broker has it.</summary>
    public int? ManagementPort { get; }

    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="hasManagement">Whether it has the management plugin.</param>
    /// <param name="password">That of its user <c>guest</c>.</param>
    /// <param name="consumerTimeout">After this time it takes a message back that nobody acknowledged; 7 days unless told
    /// otherwise.</param>
    public static async Task<RabbitMqProcess> StartAsync(
        CancellationToken cancellationToken, bool hasManagement = false, string password = "guest", TimeSpan? consumerTimeout = null)
    {
        var broker = new RabbitMqProcess(hasManagement, password, consumerTimeout ?? TimeSpan.FromDays(7));
        try
        {
            await broker.ResumeAsync(cancellationToken);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>Kills the broker; its queues and messages stay on disk.</summary>
    public void Kill()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Starts it (again) with its data, and waits until it takes connections.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var environment = Environment();
        _portMapper ??= ChildProcess.Start(
            "epmd", ["-address", "127.0.0.1", "-port", _portMapperPort.ToString(CultureInfo.InvariantCulture)], environment);
        _server = ChildProcess.Start(Server, [], environment);
        await _server.WaitUntilAsync(() => AnswersAsync(cancellationToken), StartTimeout, cancellationToken);
    }

    public void Dispose()
    {
        Kill();
        _portMapper?.Dispose();
        _folder.Dispose();
    }

    // The broker looks at the consumer time-out once a tick.
    private Dictionary<string, string> Environment()
    {
        File.WriteAllText(_folder.PathOf("env.conf"), "");
        File.WriteAllText(_folder.PathOf("plugins"), ManagementPort is null ? "[]." : "[rabbitmq_management].");
        var management = ManagementPort is null ? "" : $"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ManagementPort}\n";
        var timeout = ((long)_consumerTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(_folder.PathOf("rabbitmq.conf"), $"consumer_timeout = {timeout}\ndefault_pass = {_password}\n{management}");
        return new Dictionary<string, string>
        {
            ["HOME"] = _folder.FullName,
            ["RABBITMQ_CONF_ENV_FILE"] = _folder.PathOf("env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = _folder.PathOf("rabbitmq.conf"),
            ["RABBITMQ_NODENAME"] = $"test{_port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = _folder.PathOf("mnesia"),
            ["RABBITMQ_LOG_BASE"] = _folder.PathOf("log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.PathOf("plugins"),
            ["RABBITMQ_PID_FILE"] = _folder.PathOf("pid"),
            ["RABBITMQ_FEATURE_FLAGS_FILE"] = _folder.PathOf("feature-flags"),
            ["ERL_EPMD_PORT"] = _portMapperPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} -rabbit channel_tick_interval 1000",
        };
    }

    // An AMQP 0-9-1 server answers the protocol header with a method frame, type 1.
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\x09\x01"u8.ToArray(), cancellationToken);
            var first = new byte[1];
            return await stream.ReadAsync(first, cancellationToken) == 1 && first[0] == 1;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
