using QatPipeline.Engines.Timing;

namespace QatPipeline.Engines;

/// <summary>Turns ONNX files into engines for one kind of target, runs and times them.</summary>
public interface IEngineBackend
{
    /// <summary>The target's name in run specifications and reports: one of <see cref="EngineBackendNames"/>.</summary>
    string Name { get; }

    /// <summary>Builds the engine, or delivers what another machine needs to build it where this one cannot.</summary>
    /// <exception cref="EngineException">The model cannot be built; the message explains the back end's complaint.</exception>
    Task<EngineBuildResult> BuildAsync(EngineBuildRequest request, CancellationToken cancellationToken);

    /// <summary>Loads a built engine.</summary>
    /// <exception cref="EngineException">The file is missing or no engine of this back end.</exception>
    IEngine Load(string enginePath);

    /// <summary>Times a built engine the way trtexec does.</summary>
    /// <exception cref="EngineException">The engine fails.</exception>
    Task<EngineTiming> MeasureAsync(string enginePath, int batch, TimingOptions options, CancellationToken cancellationToken);
}

/// <summary>The names of the back ends.</summary>
public static class EngineBackendNames
{
    /// <summary>ONNX Runtime on the CPU.</summary>
    public const string OrtCpu = "ort-cpu";

    /// <summary>TensorRT through trtexec.</summary>
    public const string TensorRt = "tensorrt";
}
