namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>Settings of the ONNX Runtime back end.</summary>
public sealed record OrtCpuOptions
{
    /// <summary>Threads an operator may use; 0 takes one per physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Height and width in pixels that a model with an open size is timed at, and run at where a batch does not say.</summary>
    public (int Height, int Width)? InputSize { get; init; }

    /// <summary>
    /// False runs the model as it is written: Q/DQ pairs keep their exact float semantics, nothing fuses. For agreement checks, not
    /// for speed.
    /// </summary>
    public bool OptimizeGraph { get; init; } = true;
}
