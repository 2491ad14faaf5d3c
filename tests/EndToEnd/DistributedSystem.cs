using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Azure.Storage.Blobs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Tracking;
using QatPipeline.SystemSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd;

/// <summary>The whole system, with keys of its own and a gateway that other machines can reach.</summary>
public sealed class DistributedSystem : IAsyncLifetime
{
    public const string SkipReason = AspireSystem.SkipReason;

    /// <summary>The key that callers need.</summary>
    internal const string ApiKey = "key-3f9a6d51c7b84e20";

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly ScratchFolder _folder = new();
    private AspireSystem? _host;

    public static bool IsAvailable => AspireSystem.IsAvailable;

    internal AspireSystem Host => _host ?? throw new InvalidOperationException(SkipReason);

    internal HttpClient Gateway { get; private set; } = null!;

    /// <summary>Where the gateway listens for other machines too.</summary>
    internal int PublicPort { get; } = LoopbackPorts.Next();

    /// <summary>Where the optimization service puts its files from its next start on, if not where all do.</summary>
    internal string? ToolFolderOfOptimizer { get; set; }

    /// <summary>Folder of the runs that one undisturbed process does for comparison.</summary>
    internal string ExpectedFolder => _folder.PathOf("expected");

    internal AzureBlobStore Blobs => new(Container, TimeProvider.System);

    internal BlobContainerClient Container => new(Host.Storage, "qatpipeline");

    public async ValueTask InitializeAsync()
    {
        if (IsAvailable)
        {
            _host = await AspireSystem.StartAsync(TestContext.Current.CancellationToken, Configure, $"--Security:ApiKey={ApiKey}");
            Gateway = Host.CreateGatewayClient();
            Gateway.Timeout = LongestAnswer;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gateway?.Dispose();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
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
        catch (Exception exception)
            when (exception is HttpRequestException or HttpIOException
                || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private void Configure(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var service in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(service).WithEnvironment("AllowedHosts", "*");
        }

        builder.CreateResourceBuilder<ProjectResource>("gateway").WithEnvironment(
            "Kestrel__Endpoints__public__Url", string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{PublicPort}"));
        builder.CreateResourceBuilder<ProjectResource>("onnx-graph-optimization").WithEnvironment(context =>
        {
            if (ToolFolderOfOptimizer is { } folder)
            {
                context.EnvironmentVariables["QAT_HOME"] = folder;
            }
        });
    }
}
