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
