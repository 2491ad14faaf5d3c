using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QatPipeline.AppHost;

/// <summary>
/// Starts again what ended by itself: services, broker, storage, dashboard. What a person stopped stays stopped, and what ends again and
/// again soon after its start is left alone after a while, which its state then says.
/// </summary>
internal sealed partial class Restarts(
    ResourceNotificationService notifications,
    ResourceCommandService commands,
    ResourceLoggerService loggers,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : BackgroundService
{
    /// <summary>How often in a row something is started again that ends soon; 0: never.</summary>
    public const string LimitKey = "Restarts:Limit";

    /// <summary>Where none is configured.</summary>
    public const int DefaultLimit = 10;

    // What lives shorter is not counted as having started well.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly int _limit = configuration.GetValue(LimitKey, DefaultLimit);
    private readonly Dictionary<string, Life> _lives = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            // Not the dashboard, which is not ours to start.
            if (change.Snapshot.Commands.Any(command => command.Name == KnownResourceCommands.StartCommand))
            {
                Follow(change, stoppingToken);
            }
        }
    }

    private void Follow(ResourceEvent change, CancellationToken cancellationToken)
    {
        // Replicas of a resource end and start each by itself.
        if (!_lives.TryGetValue(change.ResourceId, out var life))
        {
            _lives[change.ResourceId] = life = new Life();
        }

        var state = change.Snapshot.State?.Text;
        if (state == KnownResourceStates.Stopping)
        {
            life.IsStopped = true;
        }
        else if (state == KnownResourceStates.Running)
        {
            (life.IsStopped, life.IsOver) = (false, false);
            life.Since ??= time.GetTimestamp();
        }
        else if (KnownResourceStates.TerminalStates.Contains(state) && life is { IsStopped: false, IsOver: false })
        {
            life.IsOver = true;
            life.SoonEnds = life.Since is { } since && time.GetElapsedTime(since) > Soon ? 1 : life.SoonEnds + 1;
            life.Since = null;
            _ = RestartAsync(change, life, cancellationToken);
        }
    }

    private async Task RestartAsync(ResourceEvent ended, Life life, CancellationToken cancellationToken)
    {
        var name = ended.Resource.Name;
        var what = ended.Snapshot.ExitCode is > 0 and var code ? $"{name} ended with code {code}" : $"{name} ended";
        for (; life.SoonEnds <= _limit; life.SoonEnds++)
        {
            var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(life.SoonEnds - 1, 10), LongestPause.Ticks));
            Say(ended, LogLevel.Warning, $"{what}. It is started again in {pause.TotalSeconds:0} s.");
            await Task.Delay(pause, time, cancellationToken);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return;
            }

            var started = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, cancellationToken);
            if (started.Success)
            {
                return;
            }

            what = $"{name} could not be started: {started.Message}";
        }

        Say(ended, LogLevel.Error, $"{what}. That was {_limit} times in a row: see its log in the dashboard, and start it there.");
        await notifications.PublishUpdateAsync(ended.Resource, ended.ResourceId, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot("Ends again and again", KnownResourceStateStyles.Error),
        });
    }

    private void Say(ResourceEvent ended, LogLevel level, string text)
    {
        var logger = loggers.GetLogger(ended.ResourceId);
        LogLine(logger, level, text);
        Console.Error.WriteLine(text);
    }

    [LoggerMessage("{Text}")]
    private static partial void LogLine(ILogger logger, LogLevel level, string text);

    private sealed class Life
    {
        public long? Since { get; set; }

        public bool IsStopped { get; set; }

        public bool IsOver { get; set; }

        public int SoonEnds { get; set; }
    }
}

internal static class RestartsExtensions
{
    /// <summary>Has everything started again that ends by itself.</summary>
    public static IDistributedApplicationBuilder RestartWhatEnds(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode)
        {
            builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Restarts>().AddSingleton<OrchestratorWatch>();
            var isOn = builder.Configuration.GetValue(Restarts.LimitKey, Restarts.DefaultLimit) > 0;

            // As hosted services they would begin when everything has come up once, and miss what ends before.
            builder.Eventing.Subscribe<BeforeStartEvent>(async (start, cancellationToken) =>
            {
                await start.Services.GetRequiredService<OrchestratorWatch>().StartAsync(cancellationToken);
                if (isOn)
                {
                    await start.Services.GetRequiredService<Restarts>().StartAsync(cancellationToken);
                }
            });
        }

        return builder;
    }
}
