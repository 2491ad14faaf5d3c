namespace QatPipeline.Torch;

/// <summary>Images ready for a network: pixels [N,C,H,W] in row-major order, scaled as the network expects.</summary>
/// <param name="Pixels">N·C·H·W values.</param>
/// <param name="Count">N.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public readonly record struct PixelBatch(ReadOnlyMemory<float> Pixels, int Count, int Channels, int Height, int Width)
{
    /// <summary>A copy as a tensor [N,C,H,W] on a device, owned by the caller.</summary>
    /// <exception cref="TorchExecutionException">The number of values does not fit the shape.</exception>
    public Tensor ToTensor(Device device)
    {
        var length = checked(Count * Channels * Height * Width);
        if (Pixels.Length != length)
        {
            throw new TorchExecutionException(
                $"An image batch [{Count},{Channels},{Height},{Width}] holds {Pixels.Length} values instead of {length}.");
        }

        using var scope = NewDisposeScope();
        var local = empty([Count, Channels, Height, Width], dtype: ScalarType.Float32);
        Pixels.Span.CopyTo(TensorSpans.Floats(local));
        return local.to(device).MoveToOuterDisposeScope();
    }
}
