namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>Rates of a training run (reference 2.1, 3.7); the defaults are those of the RepOpt S configuration.</summary>
public sealed record ScheduleOptions
{
    /// <summary>lr0.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>lrf: the last rate as a fraction of the first.</summary>
    public double FinalFraction { get; init; } = 0.01;

    /// <summary>μ after the warm-up.</summary>
    public double Momentum { get; init; } = 0.937;

    /// <summary>λ of a batch of <see cref="NominalBatch"/>, for weights only: not for biases and normalizations.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>0 switches warm-up off, as quantization-aware training does.</summary>
    public double WarmupEpochs { get; init; } = 3;

    /// <summary>The least length of a warm-up; small jobs lower it.</summary>
    public int MinimumWarmupIterations { get; init; } = 1000;

    /// <summary>μ at the first iteration; rises linearly over the warm-up.</summary>
    public double WarmupMomentum { get; init; } = 0.8;

    /// <summary>Learning rate of biases at the first iteration, from which it falls; all others rise from 0.</summary>
    public double WarmupBiasRate { get; init; } = 0.1;

    /// <summary>The batch that the rates were made for; smaller ones are accumulated to it.</summary>
    public int NominalBatch { get; init; } = 64;

    /// <summary>acc: how many iterations of a batch make a step after the warm-up.</summary>
    public int Accumulation(int batch) => Math.Max(1, (int)Math.Round((double)NominalBatch / batch));

    /// <summary>λ of the weights, scaled to what a step sums over (reference 3.6).</summary>
    public double ScaledWeightDecay(int batch) => WeightDecay * batch * Accumulation(batch) / NominalBatch;

    /// <summary>Of quantization-aware training (reference 2.1): small rates, no warm-up.</summary>
    public static ScheduleOptions QuantizationAware { get; } = new()
    {
        LearningRate = 1e-5,
        FinalFraction = 0.001,
        WeightDecay = 5e-5,
        WarmupEpochs = 0,
    };
}

/// <summary>The values of one iteration.</summary>
/// <param name="Rate">Learning rate of weights and γ.</param>
/// <param name="BiasRate">Learning rate of biases.</param>
/// <param name="Momentum">μ.</param>
/// <param name="Accumulation">Gradients of how many iterations make a step.</param>
internal readonly record struct ScheduleValues(double Rate, double BiasRate, double Momentum, int Accumulation);

/// <summary>Cosine schedule, warm-up and accumulation (reference 3.6, 3.7) as pure functions of epoch and iteration.</summary>
internal sealed class TrainingSchedule(ScheduleOptions options, int epochs, int iterationsPerEpoch, int batch)
{
    /// <summary>W: iterations of the warm-up.</summary>
    public int WarmupIterations { get; } = options.WarmupEpochs <= 0 ? 0 : Math.Max(
        (int)Math.Round(options.WarmupEpochs * iterationsPerEpoch), options.MinimumWarmupIterations);

    /// <summary>f(e): the rate of an epoch as a fraction of the first.</summary>
    /// <param name="epoch">0-based.</param>
    public double Fraction(int epoch) => 1 + ((options.FinalFraction - 1) * (1 - Math.Cos(Math.PI * epoch / epochs)) / 2);

    /// <param name="epoch">0-based.</param>
    /// <param name="iteration">0-based, counted from the start of the run.</param>
    public ScheduleValues At(int epoch, long iteration)
    {
        var rate = options.LearningRate * Fraction(epoch);
        if (iteration >= WarmupIterations)
        {
            return new ScheduleValues(rate, rate, options.Momentum, options.Accumulation(batch));
        }

        var done = (double)iteration / WarmupIterations;
        return new ScheduleValues(
            rate * done,
            options.WarmupBiasRate + ((rate - options.WarmupBiasRate) * done),
            options.WarmupMomentum + ((options.Momentum - options.WarmupMomentum) * done),
            Math.Max(1, (int)Math.Round(1 + ((((double)options.NominalBatch / batch) - 1) * done))));
    }

    /// <summary>Sets the rates of the optimizer's groups.</summary>
    public static void Apply(ScheduleValues values, NesterovSgd optimizer)
    {
        optimizer.Momentum = values.Momentum;
        foreach (var group in optimizer.Groups)
        {
            group.LearningRate = group.Role == ParameterRole.Bias ? values.BiasRate : values.Rate;
        }
    }
}
