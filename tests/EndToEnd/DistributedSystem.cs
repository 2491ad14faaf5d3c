using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd;

/// <summary>All services as processes, with a real broker and a real blob server.</summary>
public sealed class DistributedSystem : IAsyncLifetime
{
    public const string SkipReason = "needs RabbitMQ and Azurite: run ./qat setup";

    /// <summary>The key that callers of other machines need.</summary>
    internal const string ApiKey = "key-3f9a6d51c7b84e20";

    private const string BrokerPassword = "word-c2e07d94ab5f4138";

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Others =
        ["PtqCalibration", "QatTraining", "OnnxGraphOptimization", "TrtEngineBuilding", "CocoEvaluation", "Gateway"];

    private readonly ScratchFolder folder = new();
    private readonly Dictionary<string, ServiceProcess> services = [];
    private Dictionary<string, string> environment = [];

    public static bool IsAvailable => RabbitMqProcess.IsAvailable && AzuriteProcess.IsAvailable;

    internal RabbitMqProcess Broker { get; private set; } = null!;

    internal AzuriteProcess Storage { get; private set; } = null!;

    internal TelemetryCollector Telemetry { get; } = new();

    internal HttpClient Gateway { get; private set; } = null!;

    /// <summary>Where the gateway listens for other machines too.</summary>
    internal int PublicPort { get; } = LoopbackPorts.Next();

    /// <summary>Folder of the runs that one undisturbed process does for comparison.</summary>
    internal string ExpectedFolder => folder.PathOf("expected");

    internal AzureBlobStore Blobs => new(Container, TimeProvider.System);

    internal BlobContainerClient Container => new(Storage.ConnectionString, "qatpipeline");

    internal IReadOnlyDictionary<string, ServiceProcess> Services => services;

    internal ServiceProcess this[string project] => services[project];

    public async ValueTask InitializeAsync()
    {
        if (!IsAvailable)
        {
            return;
        }

        var token = TestContext.Current.CancellationToken;
        var broker = RabbitMqProcess.StartAsync(token, password: BrokerPassword);
        Storage = await AzuriteProcess.StartAsync(token);
        Broker = await broker;
        environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__messaging"] = Broker.ConnectionString,
            ["ConnectionStrings__blobs"] = Storage.ConnectionString,
            ["Storage__CacheFolder"] = folder.PathOf("cache"),
            ["Security__ApiKey"] = ApiKey,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "500",
            ["AllowedHosts"] = "*",
        };
        services["DatasetLoading"] = await ServiceProcess.StartAsync("DatasetLoading", environment, token);
        environment["services__dataset-loading__grpc__0"] = services["DatasetLoading"].GrpcAddress.ToString();
        foreach (var (project, starting) in Others.Select(project => (project, StartAsync(project))).ToList())
        {
            services[project] = await starting;
        }

        Gateway = new HttpClient { BaseAddress = services["Gateway"].Address };
    }

    public ValueTask DisposeAsync()
    {
        Gateway?.Dispose();
        foreach (var service in services.Values)
        {
            service.Dispose();
        }

        Broker?.Dispose();
        Storage?.Dispose();
        Telemetry.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts one more service of the system, with settings of its own.</summary>
    internal Task<ServiceProcess> StartAsync(string project, IReadOnlyDictionary<string, string>? settings = null)
    {
        var own = new Dictionary<string, string>(environment);
        if (project == "Gateway")
        {
            own["Kestrel__Endpoints__public__Url"] = string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{PublicPort}");
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            own[name] = value;
        }

        return ServiceProcess.StartAsync(project, own, TestContext.Current.CancellationToken);
    }

    internal async Task<HttpResponseMessage> PostAsync(string runId, string yaml, CancellationToken cancellationToken)
    {
        using var content = new StringContent(yaml, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        return await Gateway.PostAsync(new Uri($"/runs?runId={runId}", UriKind.Relative), content, cancellationToken);
    }

    internal async Task SubmitAsync(string runId, string yaml, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(runId, yaml, cancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Waits until the run is complete.</summary>
    internal async Task<RunStatus> CompleteAsync(string runId, CancellationToken cancellationToken)
    {
        var status = await EndAsync(runId, cancellationToken);
        Assert.True(status.Failure is null, $"{status.Failure}");
        return status;
    }

    /// <summary>Waits until the run has ended.</summary>
    internal Task<RunStatus> EndAsync(string runId, CancellationToken cancellationToken) =>
        WaitAsync(runId, status => status.IsFinal, cancellationToken);

    /// <summary>Waits until the run is as wanted, over any outage of the gateway.</summary>
    internal async Task<RunStatus> WaitAsync(string runId, Func<RunStatus, bool> isWanted, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestRun);
        while (true)
        {
            if (await TryGetAsync(runId, limit.Token) is { } status && isWanted(status))
            {
                return status;
            }

            await Task.Delay(Poll, limit.Token);
        }
    }

    private async Task<RunStatus?> TryGetAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Gateway.GetAsync(new Uri($"/runs/{runId}", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? JsonSerializer.Deserialize<RunStatus>(await response.Content.ReadAsStringAsync(cancellationToken), PipelineJson.Options)
                : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException)
        {
            return null;
        }
    }
}
