using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Parallel;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// The training of a YOLOv6 graph as the reference does it: hyper-search and RepVGG forms with ordinary SGD, the RepOpt form with
/// RepOptimizer, float or fake-quantized, with or without a teacher.
/// </summary>
public static class Yolov6Training
{
    /// <param name="graph">The network; it is not changed.</param>
    /// <param name="options">How to train.</param>
    /// <param name="scales">The scales of a RepOpt network, which make it train by RepOptimizer.</param>
    /// <param name="teacher">The float network to learn from where the options say so.</param>
    /// <param name="device">Where to train; CUDA if there is one by default.</param>
    /// <param name="ranks">The processes that share each batch, without a teacher; null for this one alone.</param>
    /// <exception cref="ArgumentException">An option is out of range, or teacher or scales are missing.</exception>
    /// <exception cref="CheckpointException">The scales do not fit the network.</exception>
    /// <exception cref="GraphException">The graph was not built as a YOLOv6.</exception>
    public static Trainer Start(
        Graph graph,
        Yolov6TrainingOptions options,
        RepScales? scales = null,
        Graph? teacher = null,
        Device? device = null,
        ICollective? ranks = null)
    {
        options.Validate();
        if (options.Reinitialize && scales is null)
        {
            throw new ArgumentException("Re-initialisation needs the scales of a hyper-search run.");
        }

        var objective = new Yolov6Objective(graph, options, teacher, device, ranks);
        var network = new TorchNetwork(graph, device)
        {
            Mode = options.Quantized ? ExecutionMode.FakeQuantize : ExecutionMode.Float,
            RefreshesWeightRanges = options.Quantized && options.RefreshesWeightRanges,
            Ranks = ranks ?? SingleCollective.Instance,
        };
        if (options.Reinitialize)
        {
            RepOptimizer.Reinitialize(RepOptimizer.Pair(graph, network.Parameters, scales!), new WeightRandom(options.Seed));
        }

        var decay = options.Schedule.ScaledWeightDecay(options.Batch);
        return new Trainer(
            new TrainingState(
                network,
                tensors => scales is null
                    ? new NesterovSgd(tensors, decay)
                    : RepOptimizer.Create(graph, tensors, scales, decay, options.RoundsScaleSquares),
                AverageRuleOf(options)),
            objective,
            new Yolov6Schedule(options.Schedule, options.Batch, options.Ranks),
            new SafetensorsCheckpointFormat(),
            new TrainingOptions(options.Epochs, options.Epochs - options.FrozenBatchNormEpochs)
            {
                IsEvaluated = options.IsEvaluated,
                Ranks = options.Ranks,
            });
    }

    /// <summary>average ← d·average + (1 − d)·value with d = decay·(1 − exp(−n/ramp)) after step n (reference 3.7).</summary>
    internal static AverageRule AverageRuleOf(Yolov6TrainingOptions options) => (average, value, step) =>
    {
        var past = options.AverageDecay * (1 - Math.Exp(-step / options.AverageRamp));
        average.lerp_(value, 1 - past);
    };
}
