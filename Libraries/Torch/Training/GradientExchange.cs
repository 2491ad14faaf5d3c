using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Training;

/// <summary>Gives every rank the gradients of the whole batch, of which each has computed its share.</summary>
internal static class GradientExchange
{
    /// <summary>Gives every rank the same part of what all have gathered so far, so that their states are the same.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="tensors">The same on every rank.</param>
    public static void Level(ICollective ranks, IReadOnlyList<TrainedTensor> tensors) => Exchange(ranks, tensors, _ => ranks.Size);

    /// <summary>Replaces the gradients by their sums over the ranks.</summary>
    /// <param name="ranks">All of them, with shares of equal size.</param>
    /// <param name="tensors">The same on every rank; those without gradients stay so.</param>
    public static void Sum(ICollective ranks, IReadOnlyList<TrainedTensor> tensors) =>
        // A range's gradient is divided by the root of the number of values, of which a rank has its share only.
        Exchange(ranks, tensors, tensor => tensor.Role == TensorRole.Range ? Math.Sqrt(ranks.Size) : 1);

    // One exchange of one buffer for all tensors; those without gradients stay so.
    private static void Exchange(ICollective ranks, IReadOnlyList<TrainedTensor> tensors, Func<TrainedTensor, double> divisor)
    {
        if (ranks.Size == 1)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var trained = tensors.Where(tensor => tensor.Value.grad is not null).ToArray();
        var buffer = cat([.. trained.Select(tensor => tensor.Value.grad!.flatten())]);
        ranks.Sum(buffer);
        var start = 0L;
        foreach (var tensor in trained)
        {
            tensor.Value.grad!.copy_(buffer.narrow(0, start, tensor.Value.numel()).view_as(tensor.Value) / divisor(tensor));
            start += tensor.Value.numel();
        }
    }
}
