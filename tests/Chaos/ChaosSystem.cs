using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Storage.Blobs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Tracking;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Chaos;

/// <summary>The system as a person starts it, <c>./qat up</c>, with a clock and a disk that can be disturbed.</summary>
internal sealed class ChaosSystem : IAsyncDisposable
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly ScratchFolder _folder = new();
    private readonly ChildProcess _process;

    private ChaosSystem()
    {
        Directory.CreateDirectory(DataFolder);
        Disk = ChaosDisk.TryMount(Path.Combine(DataFolder, "azurite"));
        var environment = new Dictionary<string, string>
        {
            ["QAT_DATA"] = DataFolder,
            ["Storage__CacheFolder"] = _folder.PathOf("cache"),
            ["Restarts__Limit"] = "1000",
        };
        if (HasClock)
        {
            SetClock(TimeSpan.Zero);
            environment["LD_PRELOAD"] = FakeTime;
            environment["FAKETIME_TIMESTAMP_FILE"] = ClockFile;
            environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            environment["FAKETIME_CACHE_DURATION"] = "1";
            // With the fix, which is for other C libraries, every timed wait returns at once, and the system does nothing but wait.
            environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }

        // Background jobs of scripts ignore SIGINT, and so would what they start.
        _process = ChildProcess.Start(
            "setsid", ["env", "--default-signal=INT", Path.Combine(TestData.RepositoryRoot, "qat"), "up"], environment);
        Victims = new Victims(DataFolder);
    }

    public static bool HasClock => File.Exists(FakeTime);

    public Victims Victims { get; }

    /// <summary>The disk of the storage, where one can be mounted.</summary>
    public ChaosDisk? Disk { get; }

    /// <summary>A second host that works for the system, where one can be made.</summary>
    public RemoteHost? Remote { get; private set; }

    public string Broker => File.ReadAllText(Path.Combine(DataFolder, "messaging.connection"));

    public AzureBlobStore Blobs =>
        new(new BlobContainerClient(File.ReadAllText(Path.Combine(DataFolder, "blobs.connection")), "qatpipeline"), TimeProvider.System);

    /// <summary>Everything that was said in the terminal.</summary>
    public string Output => _process.Output;

    private string DataFolder => _folder.PathOf("data");

    private string ClockFile => _folder.PathOf("clock");

    public static async Task<ChaosSystem> StartAsync(CancellationToken cancellationToken)
    {
        var system = new ChaosSystem();
        try
        {
            await system._process.WaitUntilAsync(async () => await system.IsHealthyAsync(cancellationToken), StartLimit, cancellationToken);
            system.Remote = await RemoteHost.TryStartAsync(system.Victims, system._folder.PathOf("remote"), cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all clocks of the system jump.</summary>
    public void SetClock(TimeSpan offset) => File.WriteAllText(ClockFile, FormattableString.Invariant($"{offset.TotalSeconds:+0;-0;+0}"));

    /// <summary>Submits the run, over any outage.</summary>
    public async Task SubmitAsync(string runId, string yaml, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var content = new StringContent(yaml, MediaTypeHeaderValue.Parse("application/yaml"));
            using var answer = await TrySendAsync(HttpMethod.Post, $"/runs?runId={runId}", content, cancellationToken);
            if (answer is { IsSuccessStatusCode: true })
            {
                return;
            }

            if (answer is not null && (int)answer.StatusCode is >= 400 and < 500)
            {
                throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellationToken));
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>Waits until the run has ended.</summary>
    public Task<RunStatus> EndAsync(string runId, TimeSpan patience, CancellationToken cancellationToken) =>
        WaitAsync(runId, status => status.IsFinal, patience, cancellationToken);

    /// <summary>Waits until the run is where it is wanted, over any outage.</summary>
    public async Task<RunStatus> WaitAsync(
        string runId, Func<RunStatus, bool> isThere, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        RunStatus? last = null;
        while (!limit.IsCancellationRequested)
        {
            using var answer = await TrySendAsync(HttpMethod.Get, $"/runs/{runId}", null, cancellationToken);
            if (answer is { IsSuccessStatusCode: true })
            {
                last = JsonSerializer.Deserialize<RunStatus>(
                    await answer.Content.ReadAsStringAsync(cancellationToken), PipelineJson.Options);
                if (isThere(last!))
                {
                    return last!;
                }
            }

            await Task.Delay(Poll, cancellationToken);
        }

        throw new TimeoutException($"The run {runId} was not there within {patience}: {last}");
    }

    public async ValueTask DisposeAsync()
    {
        Remote?.Dispose();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await Victims.SignalAsync(-_process.Id, "INT", limit.Token);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // What is still there after this long is killed below.
        }

        foreach (var (id, _) in Victims.All())
        {
            await Victims.SignalAsync(id, "KILL", CancellationToken.None);
        }

        _process.Dispose();
        Disk?.Dispose();
        _folder.Dispose();
    }

    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        using var answer = await TrySendAsync(HttpMethod.Get, "/health", null, cancellationToken);
        return answer is { IsSuccessStatusCode: true };
    }

    private async Task<HttpResponseMessage?> TrySendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient { Timeout = LongestAnswer };
            var address = await File.ReadAllTextAsync(Path.Combine(DataFolder, "gateway.url"), cancellationToken);
            using var request = new HttpRequestMessage(method, new Uri(new Uri(address), path)) { Content = content };
            var token = Path.Combine(DataFolder, "gateway.token");
            if (File.Exists(token))
            {
                request.Headers.Add("X-Api-Key", (await File.ReadAllTextAsync(token, cancellationToken)).Trim());
            }

            return await client.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UriFormatException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
