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
}
