namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>Settings of the ONNX Runtime back end.</summary>
public sealed record OrtCpuOptions
{
    /// <summary>Threads an operator may use; 0 takes one per physical core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Ties every thread to a logical processor of its own, so that timings don't suffer from migrations. Needs <see cref="Threads"/>.
    /// </summary>
    public bool PinThreads { get; init; }

    /// <summary>
    /// False runs the model as it is written: Q/DQ pairs keep their exact float semantics, nothing fuses. For agreement checks, not
    /// for speed.
    /// </summary>
    public bool OptimizeGraph { get; init; } = true;

    /// <summary>Further session configuration entries, as the runtime names them, such as <c>session.x64quantprecision</c>.</summary>
    public IReadOnlyDictionary<string, string> SessionConfiguration { get; init; } = new Dictionary<string, string>();
}
