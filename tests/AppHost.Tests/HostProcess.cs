using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AppHost.Tests;

/// <summary>The AppHost as a person starts it in a terminal: <c>dotnet run</c>, in a process group of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private const string DataVariable = "QAT_DATA";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private HostProcess(ScratchFolder folder)
    {
        _folder = folder;
        var environment = new Dictionary<string, string>
        {
            [DataVariable] = folder.FullName,
            ["Storage__CacheFolder"] = folder.PathOf("cache"),
        };
        // Background jobs of scripts ignore SIGINT, and so would what they start.
        string[] command =
        [
            "env", "--default-signal=INT", "dotnet", "run", "--project", Path.Combine(TestData.RepositoryRoot, "AppHost"), "--no-build",
            "--configuration", BuiltProgram.Configuration,
        ];
        _process = ChildProcess.Start("setsid", command, environment);
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that it said in the terminal.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it on the data folder and waits until the gateway is ready.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="victim">A part of a command line; who has it is killed as soon as it is there.</param>
    public static async Task<HostProcess> StartAsync(ScratchFolder folder, CancellationToken cancellationToken, string? victim = null)
    {
        File.Delete(folder.PathOf("gateway.url"));
        var host = new HostProcess(folder);
        try
        {
            if (victim is not null)
            {
                await host._process.WaitUntilAsync(() => Task.FromResult(host.TryKill(victim)), StartLimit, cancellationToken);
            }

            await host._process.WaitUntilAsync(
                () => Task.FromResult(File.Exists(folder.PathOf("gateway.url"))), StartLimit, cancellationToken);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async Task SubmitAsync(string runId, string specification, CancellationToken cancellationToken)
    {
        using var gateway = Gateway();
        using var content = new StringContent(specification, MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await gateway.PostAsync(new Uri($"/runs?runId={runId}", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until the gateway tells of the run what is wanted.</summary>
    public async Task<JsonElement> WaitForRunAsync(string runId, Func<JsonElement, bool> isWanted, CancellationToken cancellationToken)
    {
        using var gateway = Gateway();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            using var run = JsonDocument.Parse(await gateway.GetStringAsync(new Uri($"/runs/{runId}", UriKind.Relative), limit.Token));
            if (isWanted(run.RootElement))
            {
                return run.RootElement.Clone();
            }

            await Task.Delay(TimeSpan.FromSeconds(0.2), limit.Token);
        }
    }

    /// <summary>Waits until the gateway misses nothing.</summary>
    public Task WaitForHealthAsync(CancellationToken cancellationToken) => _process.WaitUntilAsync(
        async () =>
        {
            try
            {
                using var gateway = Gateway();
                using var answer = await gateway.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // It is not there yet.
                return false;
            }
        },
        StartLimit,
        cancellationToken);

    /// <summary>Ends it as a terminal does: the signal goes to the whole process group.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        var group = string.Create(CultureInfo.InvariantCulture, $"-{_process.Id}");
        using (var kill = Process.Start("kill", ["-s", signal, "--", group]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, cancellationToken);
    }

    /// <summary>The command lines of the processes that it, or one of its children, started and that are still there after a while.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (Running() is { Count: > 0 } running)
        {
            if (waited.Elapsed > StopLimit)
            {
                return running;
            }

            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken);
        }

        return [];
    }

    public void Dispose() => _process.Dispose();

    private HttpClient Gateway() => new()
    {
        BaseAddress = new Uri(File.ReadAllText(_folder.PathOf("gateway.url"))),
        DefaultRequestHeaders = { { "X-Api-Key", File.ReadAllText(_folder.PathOf("gateway.token")) } },
    };

    private List<string> Running() => [.. Processes().Select(process => process.Command)];

    private bool TryKill(string victim)
    {
        var id = Processes().FirstOrDefault(process => process.Command.Contains(victim, StringComparison.Ordinal)).Id;
        if (id > 0)
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }

        return id > 0;
    }

    private IEnumerable<(int Id, string Command)> Processes() => RunningProcesses.With($"{DataVariable}={_folder.FullName}");
}
