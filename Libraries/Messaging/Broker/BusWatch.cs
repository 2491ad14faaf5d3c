using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QatPipeline.Messaging.Broker;

/// <summary>
/// Ends a process that does not come back to a broker which others can talk to, so that it is started again: calls of the bus that the
/// client library has forgotten (see <see cref="Publication"/>) cannot be ended otherwise.
/// </summary>
/// <param name="health">How the bus is.</param>
/// <param name="brokerAnswers">Whether the broker takes a new connection.</param>
/// <param name="lifetime">The process.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told why the process ends.</param>
internal sealed partial class BusWatch(
    Func<BusHealthResult> health,
    Func<CancellationToken, Task<bool>> brokerAnswers,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<BusWatch> logger) : BackgroundService
{
    /// <summary>How long the bus may take to come back to a broker that answers; its own pauses between tries are below a minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Time between two looks.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        long? lost = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var state = health();
            if (state.Status == BusHealthStatus.Healthy || !await brokerAnswers(stoppingToken))
            {
                lost = null;
            }
            else if (lost is null)
            {
                lost = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(lost.Value) >= Patience)
            {
                LogLost(state.Description);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LoggerMessage(
        LogLevel.Error, "The broker answers, but this process has not come back to it for minutes; it ends to be started again: {Health}")]
    private partial void LogLost(string health);
}
