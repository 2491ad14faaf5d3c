namespace QatPipeline.Torch.Distillation;

/// <summary>A loss on labels beside the distillation, for networks whose task is known.</summary>
public interface ITaskLoss
{
    /// <summary>Names of the graph's values it reads.</summary>
    IReadOnlyCollection<string> Values { get; }

    /// <summary>The weighted loss items by name, scalars with gradient; their sum is added to the distillation loss.</summary>
    /// <param name="student">The values named by <see cref="Values"/>, of the fake-quantized network.</param>
    /// <param name="batch">The batch they were computed for.</param>
    /// <param name="epoch">0-based.</param>
    IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> student, TrainingBatch batch, int epoch);
}
