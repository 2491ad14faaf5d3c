namespace QatPipeline.Torch.Training;

/// <summary>Several objectives as one: their losses are added, their items stand side by side.</summary>
/// <param name="parts">Owned.</param>
public sealed class ObjectiveSum(params IReadOnlyList<ITrainingObjective> parts) : ITrainingObjective
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Values { get; } =
        [.. parts.SelectMany(part => part.Values).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public TrainingLoss Compute(IReadOnlyDictionary<string, Tensor> student, Tensor images, TrainingInput batch, StepPosition position)
    {
        var losses = parts.Select(part => part.Compute(student, images, batch, position)).ToList();
        return new TrainingLoss(
            losses.Select(loss => loss.Total).Aggregate((sum, next) => sum + next),
            losses.SelectMany(loss => loss.Items).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in parts)
        {
            part.Dispose();
        }
    }
}
