namespace QatPipeline.Torch.Training;

/// <summary>What is made small.</summary>
/// <param name="Total">A scalar with gradient to the student.</param>
/// <param name="Items">Its weighted terms by name.</param>
public sealed record TrainingLoss(Tensor Total, IReadOnlyDictionary<string, double> Items);

/// <summary>A loss of a batch: of labels, or of the difference from a teacher.</summary>
public interface ITrainingObjective : IDisposable
{
    /// <summary>Names of the graph's values it reads.</summary>
    IReadOnlyCollection<string> Values { get; }

    /// <summary>The loss in the current dispose scope.</summary>
    /// <param name="student">The values named by <see cref="Values"/>, with gradient.</param>
    /// <param name="images">The input they were computed for, [N,C,H,W].</param>
    /// <param name="batch">The same with its labels.</param>
    /// <param name="position">The step.</param>
    TrainingLoss Compute(IReadOnlyDictionary<string, Tensor> student, Tensor images, TrainingInput batch, StepPosition position);
}
