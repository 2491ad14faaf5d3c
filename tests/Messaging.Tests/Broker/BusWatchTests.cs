using System.Collections.ObjectModel;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Messaging.Broker;

namespace QatPipeline.Messaging.Tests.Broker;

public sealed class BusWatchTests
{
    private static readonly BusHealthResult Healthy = BusHealthResult.Healthy("ready", Endpoints);
    private static readonly BusHealthResult Lost = BusHealthResult.Unhealthy("not ready", null!, Endpoints);

    private static ReadOnlyDictionary<string, EndpointHealthResult> Endpoints => ReadOnlyDictionary<string, EndpointHealthResult>.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_BusThatStaysLostWhileTheBrokerAnswers_EndsTheProcess()
    {
        using var process = new ProcessLifetime();
        using var watch = Watch(process, looks => Lost, _ => true);

        await watch.StartAsync(Token);
        await process.Stopped.WaitAsync(Token);

        await watch.StopAsync(Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_BrokerThatIsAwayOrABusThatComesBack_LeavesTheProcessAlone(bool answers)
    {
        using var process = new ProcessLifetime();
        var enough = new TaskCompletionSource();

        // It is never lost for two looks in a row while the broker answers.
        using var watch = Watch(
            process,
            looks =>
            {
                if (looks == 40)
                {
                    enough.SetResult();
                }

                return answers && looks % 2 == 0 ? Healthy : Lost;
            },
            _ => answers);

        await watch.StartAsync(Token);
        await enough.Task.WaitAsync(Token);
        await watch.StopAsync(Token);

        Assert.False(process.Stopped.IsCompleted);
    }

    private static BusWatch Watch(ProcessLifetime process, Func<int, BusHealthResult> health, Func<int, bool> answers)
    {
        var looks = 0;
        return new BusWatch(
            () => health(++looks), _ => Task.FromResult(answers(looks)), process, TimeProvider.System, NullLogger<BusWatch>.Instance)
        {
            Period = TimeSpan.FromMilliseconds(2),
            Patience = TimeSpan.FromMilliseconds(1),
        };
    }

    private sealed class ProcessLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly TaskCompletionSource _stopped = new();

        public Task Stopped => _stopped.Task;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
            _stopping.Cancel();
            _stopped.TrySetResult();
        }

        public void Dispose() => _stopping.Dispose();
    }
}
