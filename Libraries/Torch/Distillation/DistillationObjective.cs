using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Distillation;

/// <summary>The distance from a float teacher at the places of a <see cref="DistillationComparison"/>.</summary>
/// <param name="teacher">Owned.</param>
/// <param name="targets">Where student and teacher are compared.</param>
/// <param name="options">The weights of the terms.</param>
/// <param name="ranks">Those that share each batch.</param>
internal sealed class DistillationObjective(
    TorchNetwork teacher, DistillationTargets targets, QatOptions options, ICollective ranks) : ITrainingObjective
{
    private readonly DistillationComparison _comparison = new(targets, options, ranks);

    public IReadOnlyCollection<string> Values { get; } = targets.Names;

    public TrainingLoss Compute(IReadOnlyDictionary<string, Tensor> student, Tensor images, TrainingInput batch, StepPosition position)
    {
        var items = _comparison.Compute(student, teacher.Forward(images, Values));
        return new TrainingLoss(
            items.Values.Aggregate((sum, item) => sum + item),
            items.ToDictionary(item => item.Key, item => (double)item.Value.item<float>(), StringComparer.Ordinal));
    }

    public void Dispose() => teacher.Dispose();
}
