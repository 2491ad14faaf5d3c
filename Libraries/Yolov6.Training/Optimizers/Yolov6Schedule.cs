namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>Cosine schedule, warm-up and accumulation (reference 3.6, 3.7).</summary>
/// <param name="options">Rates.</param>
/// <param name="batch">Images of an iteration, of all ranks together.</param>
/// <param name="ranks">Steps that make one iteration.</param>
internal sealed class Yolov6Schedule(ScheduleOptions options, int batch, int ranks = 1) : ITrainingSchedule
{
    /// <summary>f(e): the rate of an epoch as a fraction of the first.</summary>
    /// <param name="epoch">0-based.</param>
    /// <param name="epochs">Of the training.</param>
    public double Fraction(int epoch, int epochs) => 1 + ((options.FinalFraction - 1) * (1 - Math.Cos(Math.PI * epoch / epochs)) / 2);

    public StepValues At(StepPosition position)
    {
        var rate = options.LearningRate * Fraction(position.Epoch, position.Epochs);
        var (iteration, warmup) = (position.Index / ranks, WarmupSteps(Math.Max(1, position.StepsPerEpoch / ranks)));
        if (iteration >= warmup)
        {
            return new StepValues(rate, rate, rate, options.Momentum, ranks * options.Accumulation(batch));
        }

        var done = (double)iteration / warmup;
        return new StepValues(
            rate * done,
            options.WarmupBiasRate + ((rate - options.WarmupBiasRate) * done),
            rate * done,
            options.WarmupMomentum + ((options.Momentum - options.WarmupMomentum) * done),
            ranks * Math.Max(1, (int)Math.Round(1 + ((((double)options.NominalBatch / batch) - 1) * done))));
    }

    /// <summary>W: iterations of the warm-up.</summary>
    public int WarmupSteps(int iterationsPerEpoch) => options.WarmupEpochs <= 0 ? 0 : Math.Max(
        (int)Math.Round(options.WarmupEpochs * iterationsPerEpoch), options.MinimumWarmupIterations);
}
