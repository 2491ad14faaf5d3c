using Azure.Storage.Blobs;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd;

/// <summary>All services as processes, with a real broker and a real blob server.</summary>
public sealed class DistributedSystem : IAsyncLifetime
{
    public const string SkipReason = "needs RabbitMQ, Azurite (./qat setup) and the test data (QAT_TEST_DATA)";

    private const string DatasetLoading = "DatasetLoading";

    private static readonly string[] Others =
        ["PtqCalibration", "QatTraining", "OnnxGraphOptimization", "TrtEngineBuilding", "CocoEvaluation", "Gateway"];

    private readonly ScratchFolder folder = new();
    private readonly Dictionary<string, ServiceProcess> services = [];

    public static bool IsAvailable => RabbitMqProcess.IsAvailable && AzuriteProcess.IsAvailable && TestData.IsAvailable;

    internal RabbitMqProcess Broker { get; private set; } = null!;

    internal AzuriteProcess Storage { get; private set; } = null!;

    internal HttpClient Gateway { get; private set; } = null!;

    internal BlobContainerClient Container => new(Storage.ConnectionString, "qatpipeline");

    internal AzureBlobStore Blobs => new(Container, TimeProvider.System);

    internal ServiceProcess this[string project] => services[project];

    public async ValueTask InitializeAsync()
    {
        if (!IsAvailable)
        {
            return;
        }

        var token = TestContext.Current.CancellationToken;
        Storage = await AzuriteProcess.StartAsync(token);
        Broker = await RabbitMqProcess.StartAsync(token);
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__messaging"] = Broker.ConnectionString,
            ["ConnectionStrings__blobs"] = Storage.ConnectionString,
            ["Storage__CacheFolder"] = folder.PathOf("cache"),
        };
        services[DatasetLoading] = await ServiceProcess.StartAsync(DatasetLoading, environment, token);
        environment["services__dataset-loading__grpc__0"] = services[DatasetLoading].GrpcAddress.ToString();
        foreach (var project in Others)
        {
            services[project] = await ServiceProcess.StartAsync(project, environment, token);
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
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
