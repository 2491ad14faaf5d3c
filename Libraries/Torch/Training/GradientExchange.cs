using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Training;

/// <summary>Gives every rank the gradients of the whole batch, of which each has computed its share.</summary>
internal static class GradientExchange
{
    /// <summary>Gives every rank the same part of what all have gathered so far, so that their states are the same.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="tensors">The same on every rank.</param>
    public static void Level(ICollective ranks, IReadOnlyList<TrainedTensor> tensors) =>
        Exchange(ranks, tensors, GradientOf, _ => ranks.Size);

    /// <summary>Gives every rank the mean of the running statistics, where each has followed its own shares.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="tensors">The same on every rank.</param>
    public static void LevelStatistics(ICollective ranks, IReadOnlyList<TrainedTensor> tensors) =>
        Exchange(ranks, tensors, tensor => tensor.Role == TensorRole.Statistic ? tensor.Value : null, _ => ranks.Size);

    /// <summary>Replaces the gradients by their sums over the ranks.</summary>
    /// <param name="ranks">All of them, with shares of equal size.</param>
    /// <param name="tensors">The same on every rank; those without gradients stay so.</param>
    public static void Sum(ICollective ranks, IReadOnlyList<TrainedTensor> tensors) =>
        // A range's gradient is divided by the root of the number of values, of which a rank has its share only.
        Exchange(ranks, tensors, GradientOf, tensor => tensor.Role == TensorRole.Range ? Math.Sqrt(ranks.Size) : 1);

    private static Tensor? GradientOf(TrainedTensor tensor) => tensor.Value.grad;

    // One exchange of one buffer for what there is of all tensors.
    private static void Exchange(
        ICollective ranks, IReadOnlyList<TrainedTensor> tensors, Func<TrainedTensor, Tensor?> valueOf, Func<TrainedTensor, double> divisor)
    {
        if (ranks.Size == 1)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var exchanged = tensors.Select(tensor => (Value: valueOf(tensor)!, Divisor: divisor(tensor)))
            .Where(part => part.Value is not null).ToArray();
        if (exchanged.Length == 0)
        {
            return;
        }

        var buffer = cat([.. exchanged.Select(part => part.Value.flatten())]);
        ranks.Sum(buffer);
        var start = 0L;
        foreach (var (value, share) in exchanged)
        {
            value.copy_(buffer.narrow(0, start, value.numel()).view_as(value) / share);
            start += value.numel();
        }
    }
}
