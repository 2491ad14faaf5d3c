using System.Diagnostics;
using Aspire.Hosting;

namespace QatPipeline.AspireLocal.Dcp;

/// <summary>
/// The orchestrator, started for this process. It watches this process's id and ends everything it has started when the id is gone, so that
/// nothing is left even after a kill −9.
/// </summary>
internal sealed class DcpProcess : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    // What configures the AppHost itself must not reach the services: an inherited ASPNETCORE_URLS would win over their own.
    private static readonly string[] NotForChildren =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];

    private readonly DirectoryInfo _session;

    private DcpProcess(DirectoryInfo session, DcpClient client) => (_session, Client) = (session, client);

    public DcpClient Client { get; }

    public static async Task<DcpProcess> StartAsync(AspireTools tools, CancellationToken cancellationToken)
    {
        // CreateTempSubdirectory makes the folder for the user alone: the file in it holds the key to the orchestrator.
        var session = Directory.CreateTempSubdirectory("aspire-local-");
        var kubeconfig = Path.Combine(session.FullName, "kubeconfig");
        var start = new ProcessStartInfo(tools.Orchestrator)
        {
            ArgumentList =
            {
                "start-apiserver",
                "--monitor", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "--detach",
                "--kubeconfig", kubeconfig,
            },
            Environment = { ["DCP_SESSION_FOLDER"] = session.FullName },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in NotForChildren)
        {
            start.Environment.Remove(name);
        }

        using var launcher = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            while (true)
            {
                if (DcpKubeconfig.TryRead(kubeconfig) is { } config)
                {
                    return new DcpProcess(session, new DcpClient(config));
                }

                await Task.Delay(50, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException(
                $"The orchestrator {tools.Orchestrator} did not start within {StartLimit.TotalSeconds:0} s. "
                + $"Its log is under {Path.GetTempPath()}dcp.");
        }
    }

    /// <summary>
    /// Ends everything that the orchestrator has started and then itself; waits for that, but not for ever: it also ends with this process.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Client.ShutDownAsync(cancellationToken);
        var end = Stopwatch.StartNew();
        while (end.Elapsed < StopLimit && (await Client.AnswersAsync(cancellationToken) || HasProcesses()))
        {
            await Task.Delay(100, cancellationToken);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        try
        {
            _session.Delete(recursive: true);
        }
        catch (IOException)
        {
            // The orchestrator removes its folder as well, at the same time or before.
        }
    }

    // Its second process ends a moment after the one that answers. Both are told the session's folder on their command lines.
    private bool HasProcesses()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(entry => char.IsAsciiDigit(Path.GetFileName(entry)[0])))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_session.FullName, StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (IOException)
            {
                // It ended in this instant.
            }
        }

        return false;
    }
}
