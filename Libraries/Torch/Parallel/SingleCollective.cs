namespace QatPipeline.Torch.Parallel;

/// <summary>A process that works alone.</summary>
public sealed class SingleCollective : ICollective
{
    private SingleCollective()
    {
    }

    /// <summary>The only one: it has no state.</summary>
    public static ICollective Instance { get; } = new SingleCollective();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
    }

    /// <inheritdoc/>
    public void Sum(Span<double> values)
    {
    }

    /// <inheritdoc/>
    public void Sum(Tensor values)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> content)
    {
    }

    /// <inheritdoc/>
    public void Barrier()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
