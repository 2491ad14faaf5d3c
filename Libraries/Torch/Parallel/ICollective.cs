namespace QatPipeline.Torch.Parallel;

/// <summary>
/// The processes that work on one training, each on its share of every batch. All of them make the same calls in the same order, each
/// from one thread.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>Which of them this is, 0-based.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Size { get; }

    /// <summary>
    /// Replaces the values by their sums over all ranks. They are added in the order of the ranks: everywhere, and each time, the same bits.
    /// </summary>
    /// <param name="values">As many on every rank.</param>
    void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    void Sum(Span<double> values);

    /// <summary>
    /// Replaces the values by their sums over all ranks, where they lie: in the order of the ranks on the CPU, on GPUs in one that the number
    /// of ranks and the way between them decide.
    /// </summary>
    /// <param name="values">Contiguous, of single or double precision, of the same shape on every rank.</param>
    void Sum(Tensor values);

    /// <summary>Replaces the content by that of rank 0.</summary>
    /// <param name="content">As long on every rank.</param>
    void Broadcast(Span<byte> content);

    /// <summary>Waits until all ranks have come here, however long that takes, and leaves the processor to others meanwhile.</summary>
    void Barrier();
}
