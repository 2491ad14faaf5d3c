using QatPipeline.Stages.Torch.Calibration;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Calibration;

public sealed class MeasuredFiguresTests
{
    [Fact]
    public async Task ReopenedAfterAKill_GivesTheSameBitsWithoutMeasuring()
    {
        var token = TestContext.Current.CancellationToken;
        var checkpoints = new MemoryCheckpoints();
        double[] figures = [0.1 + 0.2, 1.0 / 3];
        var first = await MeasuredFigures.OpenAsync(checkpoints, token);
        await first.GetAsync("method: max", () => Task.FromResult(figures), token);

        var second = await MeasuredFigures.OpenAsync(checkpoints, token);
        var resumed = await second.GetAsync("method: max", () => throw new InvalidOperationException("measured twice"), token);

        Assert.Equal(figures, resumed);
    }
}
