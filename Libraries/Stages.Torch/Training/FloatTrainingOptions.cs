using QatPipeline.Coco.Augmentation;
using QatPipeline.Yolov6.Training.Losses;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>
/// The trainer's options of a run. Warm-up and averaging are made for hundreds of thousands of steps (reference 3.7); a short training
/// gets its share of them.
/// </summary>
internal static class FloatTrainingOptions
{
    private const int LeastWarmUp = 1000;
    private const double WarmUpShare = 0.1;
    private const double RampShare = 0.1;
    private const double AverageShare = 0.05;

    /// <param name="specification">The run's.</param>
    /// <param name="epochs">Of this stage of the training.</param>
    /// <param name="stepsPerEpoch">Iterations of an epoch: batches of all ranks together.</param>
    public static Yolov6TrainingOptions Of(RunSpecification specification, int epochs, int stepsPerEpoch)
    {
        var train = specification.Train!;
        var defaults = new Yolov6TrainingOptions();
        var schedule = new ScheduleOptions
        {
            LearningRate = train.LearningRate,
            FinalFraction = train.FinalLearningRateFactor,
            NominalBatch = train.NominalBatch,
            WarmupEpochs = Math.Min(train.WarmUpEpochs, epochs * WarmUpShare),
            MinimumWarmupIterations = Math.Min(LeastWarmUp, (int)(epochs * stepsPerEpoch * WarmUpShare)),
        };
        var steps = Math.Max(1, epochs * stepsPerEpoch / schedule.Accumulation(train.Batch));
        return defaults with
        {
            Epochs = epochs,
            Batch = train.Batch,
            Ranks = train.Ranks,
            Schedule = schedule,
            Loss = new DetectionLossOptions
            {
                BoxMetric = BoxMetricOf(specification),
                AtssEpochs = Math.Min(train.AtssEpochs, epochs / 2),
            },
            AverageDecay = Math.Min(defaults.AverageDecay, Math.Max(0, 1 - (1 / (steps * AverageShare)))),
            AverageRamp = Math.Max(1, Math.Min(defaults.AverageRamp, steps * RampShare)),
            Seed = (ulong)specification.Seed,
            EvaluationInterval = Math.Max(1, epochs / 10),
            FinalEvaluations = 1,
        };
    }

    /// <summary>The box loss of the reference's configuration of that size (2.1).</summary>
    public static BoxMetric BoxMetricOf(RunSpecification specification) =>
        specification.Model.Yolov6!.Variant == "s" ? BoxMetric.Giou : BoxMetric.Siou;

    public static AugmentationOptions AugmentationOf(TrainSpecification train) => new() { Mosaic = train.Mosaic, Mixup = train.Mixup };
}
