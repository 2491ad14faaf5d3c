namespace QatPipeline.Torch.Parallel;

/// <summary>What trainings ask of the ranks.</summary>
public static class CollectiveExtensions
{
    /// <summary>
    /// The sum of a tensor over all ranks, without gradient and in the current dispose scope; the tensor itself where there is one rank.
    /// </summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="value">Of the same shape on every rank.</param>
    public static Tensor Total(this ICollective ranks, Tensor value)
    {
        if (ranks.Size == 1)
        {
            return value;
        }

        using var scope = NewDisposeScope();
        var total = value.detach().to(ScalarType.Float64).contiguous().clone();
        ranks.Sum(total);
        return total.to(value.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>This rank's share of a batch: as many in a row as every other rank has.</summary>
    /// <exception cref="TorchExecutionException">The batch has not the same number of images for every rank.</exception>
    public static ReadOnlySpan<T> ShareOf<T>(this ICollective ranks, ReadOnlySpan<T> batch) => batch.Length % ranks.Size == 0
        ? batch.Slice(ranks.Rank * (batch.Length / ranks.Size), batch.Length / ranks.Size)
        : throw new TorchExecutionException(
            $"A batch of {batch.Length} images cannot be shared by {ranks.Size} processes: each needs as many. Set the batch to a multiple "
            + "of the processes that is not above the number of training images.");

    /// <summary>What rank 0 has, of whatever length.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="content">Rank 0's; what others give is not read.</param>
    public static byte[] Share(this ICollective ranks, byte[]? content)
    {
        var length = BitConverter.GetBytes(ranks.Rank == 0 ? content!.Length : 0);
        ranks.Broadcast(length);
        var shared = ranks.Rank == 0 ? content! : new byte[BitConverter.ToInt32(length)];
        ranks.Broadcast(shared);
        return shared;
    }

    /// <summary>Makes sure that all ranks hold the same.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="digest">Of what this one holds; of the same length everywhere.</param>
    /// <param name="what">What is compared, as the object of a sentence.</param>
    /// <exception cref="TorchExecutionException">Some ranks hold something else than rank 0; all ranks throw it.</exception>
    public static void RequireSame(this ICollective ranks, ReadOnlySpan<byte> digest, string what)
    {
        var first = digest.ToArray();
        ranks.Broadcast(first);
        var others = new float[ranks.Size];
        others[ranks.Rank] = digest.SequenceEqual(first) ? 0 : 1;
        ranks.Sum(others);
        int[] strayed = [.. Enumerable.Range(0, ranks.Size).Where(rank => others[rank] > 0)];
        if (strayed.Length > 0)
        {
            throw new TorchExecutionException(
                $"{what} of rank {string.Join(", ", strayed)} differs from that of rank 0: all ranks must run the same version of the code on "
                + "processors of the same kind, with the same number of threads.");
        }
    }
}
