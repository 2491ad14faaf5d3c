using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace QatPipeline.AppHost;

/// <summary>
/// Ends the AppHost when its orchestrator has ended, and with it all that was started: nothing would run, and nobody would say so.
/// Who keeps the AppHost running starts it again.
/// </summary>
internal sealed class OrchestratorWatch(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    /// <summary>As if it had been killed itself: 128 + 9.</summary>
    private const int ExitCode = 137;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        Process? orchestrator = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            orchestrator ??= Find();
            if (orchestrator is { HasExited: true } && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("The orchestrator (dcp) ended, and with it all services. Start the system again.");
                Environment.Exit(ExitCode);
            }
        }
    }

    // It is told which process it belongs to.
    private static Process? Find()
    {
        var owner = $"--monitor\0{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}\0";
        return Process.GetProcessesByName("dcp").FirstOrDefault(
            process => CommandLine(process.Id).Contains(owner, StringComparison.Ordinal));
    }

    private static string CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline"));
        }
        catch (IOException)
        {
            // It ended in this instant.
            return "";
        }
    }
}
