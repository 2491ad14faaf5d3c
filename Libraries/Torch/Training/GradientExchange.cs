using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Training;

/// <summary>Gives every rank the gradients of the whole batch, of which each has computed its share.</summary>
internal static class GradientExchange
{
    /// <summary>Replaces the gradients by their sums over the ranks: one exchange of one buffer for all tensors.</summary>
    /// <param name="ranks">All of them, with shares of equal size.</param>
    /// <param name="tensors">The same on every rank; those without gradients stay so.</param>
    public static void Sum(ICollective ranks, IReadOnlyList<TrainedTensor> tensors)
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
            var sum = buffer.narrow(0, start, tensor.Value.numel()).view_as(tensor.Value);

            // A range's gradient is divided by the root of the number of values, of which a rank has its share only.
            tensor.Value.grad!.copy_(tensor.Role == TensorRole.Range ? sum / Math.Sqrt(ranks.Size) : sum);
            start += tensor.Value.numel();
        }
    }
}
