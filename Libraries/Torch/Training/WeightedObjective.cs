namespace QatPipeline.Torch.Training;

/// <summary>An objective as one weighted item of a larger one.</summary>
/// <param name="name">Of the item.</param>
/// <param name="weight">Its weight against the others.</param>
/// <param name="inner">Owned.</param>
public sealed class WeightedObjective(string name, double weight, ITrainingObjective inner) : ITrainingObjective
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Values => inner.Values;

    /// <inheritdoc/>
    public TrainingLoss Compute(IReadOnlyDictionary<string, Tensor> student, Tensor images, TrainingInput batch, StepPosition position)
    {
        var total = inner.Compute(student, images, batch, position).Total * weight;
        return new TrainingLoss(total, new Dictionary<string, double> { [name] = total.item<float>() });
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
