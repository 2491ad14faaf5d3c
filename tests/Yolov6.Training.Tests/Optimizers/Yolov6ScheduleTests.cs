using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Yolov6.Training.Tests.Optimizers;

public sealed class Yolov6ScheduleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.97555273)]
    [InlineData(5, 0.5005)]
    [InlineData(9, 0.02544727)]
    public void Fraction_QuantizationAwareTraining_HasTheReferenceValues(int epoch, double expected) =>
        Assert.Equal(expected, new Yolov6Schedule(ScheduleOptions.QuantizationAware, 128).Fraction(epoch, 10), 1e-8);

    [Theory]
    [InlineData(32, 2, 1)]
    [InlineData(64, 1, 1)]
    [InlineData(128, 1, 2)]
    [InlineData(256, 1, 4)]
    public void Options_EveryBatch_ScaleDecayAndAccumulation(int batch, int accumulation, double factor)
    {
        Assert.Equal(accumulation, new ScheduleOptions().Accumulation(batch));
        Assert.Equal(5e-4 * factor, new ScheduleOptions().ScaledWeightDecay(batch), 1e-12);
    }

    [Fact]
    public void At_StartOfQuantizationAwareTraining_HasFullValues()
    {
        var values = new Yolov6Schedule(ScheduleOptions.QuantizationAware, 128).At(new StepPosition(0, 0, 10, 925));
        Assert.Equal(new StepValues(1e-5, 1e-5, 1e-5, 0.937, 1), values);
    }

    [Fact]
    public void At_SeveralRanks_CountsTheirIterations()
    {
        var options = new ScheduleOptions { WarmupEpochs = 1 };
        var (one, eight) = (new Yolov6Schedule(options, 32), new Yolov6Schedule(options, 32, ranks: 8));
        foreach (var iteration in new[] { 0, 500, 999, 1500 })
        {
            var expected = one.At(new StepPosition(0, iteration, 10, 2000));

            Assert.Equal(
                expected with { Accumulation = 8 * expected.Accumulation }, eight.At(new StepPosition(0, (8 * iteration) + 7, 10, 16_000)));
        }
    }

    [Fact]
    public void At_WarmUp_IsLinearAndLastsAThousandStepsAtLeast()
    {
        var schedule = new Yolov6Schedule(new ScheduleOptions { WarmupEpochs = 1 }, 32);
        Assert.Equal(new StepValues(0, 0.1, 0, 0.8, 1), At(0, 0));
        var half = At(0, 500);
        Assert.Equal(0.005, half.Rate, 1e-12);
        Assert.Equal(0.055, half.BiasRate, 1e-12);
        Assert.Equal(0.8685, half.Momentum, 1e-12);
        Assert.Equal(2, half.Accumulation);
        var rate = 0.01 * schedule.Fraction(1, 300);
        Assert.Equal(new StepValues(rate, rate, rate, 0.937, 2), At(1, 0));
        Assert.Equal(1000, schedule.WarmupSteps(100));
        Assert.Equal(3000, schedule.WarmupSteps(3000));

        StepValues At(int epoch, int step) => schedule.At(new StepPosition(epoch, step, 300, 1000));
    }
}
