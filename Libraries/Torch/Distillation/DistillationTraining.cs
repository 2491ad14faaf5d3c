using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Distillation;

/// <summary>
/// Quantization-aware training of any detector: fine-tunes a calibrated graph, fake-quantized, toward its float teacher. No labels are
/// needed; a task loss can be added.
/// </summary>
public static class DistillationTraining
{
    private const double AverageRamp = 10;

    /// <param name="graph">The calibrated graph to train; it is not changed.</param>
    /// <param name="options">How to train.</param>
    /// <param name="teacher">The float graph to learn from, with the same names; the graph itself, unquantized, where null.</param>
    /// <param name="task">A loss on labels, added to the distillation; owned by the trainer.</param>
    /// <param name="optimizer">Makes the optimizer of the network's tensors; Adam where null.</param>
    /// <param name="device">Where to train; CUDA if there is one by default.</param>
    /// <param name="ranks">The processes that share each batch; null for this one alone.</param>
    /// <param name="sharesBatchStatistics">Whether batch normalization takes the statistics of all of them, or each rank its own.</param>
    /// <exception cref="TorchExecutionException">The graph is not calibrated, or cannot be run.</exception>
    public static Trainer Start(
        Graph graph,
        QatOptions options,
        Graph? teacher = null,
        ITrainingObjective? task = null,
        Func<IReadOnlyList<TrainedTensor>, IOptimizer>? optimizer = null,
        Device? device = null,
        ICollective? ranks = null,
        bool sharesBatchStatistics = true)
    {
        if (!graph.Quantizers.Exists(quantizer => quantizer is { IsEnabled: true, IsCalibrated: true }))
        {
            throw new TorchExecutionException(
                $"Graph '{graph.Name}' has no calibrated quantizers to train with; place quantizers and calibrate first.");
        }

        var student = new TorchNetwork(graph, device)
        {
            Mode = ExecutionMode.FakeQuantize,
            RefreshesWeightRanges = options.RefreshesWeightRanges,
            Ranks = ranks ?? SingleCollective.Instance,
            SharesBatchStatistics = sharesBatchStatistics,
        };
        if (options.LearnsRanges)
        {
            student.LearnRanges();
        }

        var distillation = new DistillationObjective(
            new TorchNetwork(teacher ?? graph, device), options.Targets ?? DistillationTargets.Find(graph), options, student.Ranks);
        return new Trainer(
            new TrainingState(
                student,
                optimizer ?? (tensors => new AdamOptimizer(tensors, options.SecondMomentum, options.GradientClip)),
                (average, value, step) => Average(average, value, Math.Min(options.AverageDecay, step / (step + AverageRamp)))),
            task is null ? distillation : new ObjectiveSum(distillation, task),
            new QatSchedule(options),
            new QatCheckpointFormat(),
            new TrainingOptions(options.Epochs, options.BatchStatisticsEpochs)
            {
                ScoreTolerance = options.ScoreTolerance,
                CheckpointSteps = options.CheckpointSteps,
            });
    }

    // Early averages would hold on to the start; the share of the past grows to its final value.
    private static void Average(Tensor average, Tensor value, double past) => average.mul_(past).add_(value, 1 - past);
}
