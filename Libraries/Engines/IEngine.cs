namespace QatPipeline.Engines;

/// <summary>A loaded engine with one image input.</summary>
public interface IEngine : IDisposable
{
    /// <summary>The image input, [N, C, H, W].</summary>
    EngineTensorInfo Input { get; }

    /// <summary>All outputs the model declares.</summary>
    IReadOnlyList<EngineTensorInfo> Outputs { get; }

    /// <summary>Runs a batch. An engine of another fixed batch is run as often as it takes.</summary>
    /// <param name="images">Float values of the batch, [batch, C, H, W]; the engine reads them where they are.</param>
    /// <param name="batch">Images in it.</param>
    /// <param name="outputs">The outputs wanted, in this order; all where null.</param>
    /// <exception cref="EngineException">The values don't fit the input, an output is unknown, or the engine fails.</exception>
    IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, IReadOnlyList<string>? outputs = null);

    /// <summary>Runs a batch of pictures of a size of their own, where the model leaves the size open.</summary>
    /// <param name="images">Float values of the batch, [batch, C, height, width].</param>
    /// <param name="batch">Images in it.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    /// <exception cref="EngineException">The engine is made for another size, or fails.</exception>
    IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, int height, int width) =>
        Input.Shape is [_, _, var rows, var columns] && (rows, columns) == (height, width)
            ? Run(images, batch)
            : throw new EngineException(
                $"Pictures of {height}×{width} are not for {Input}: evaluate by a protocol with square pictures (E2, E3), or export the "
                + "model with an open size.");
}
