namespace QatPipeline.Engines;

/// <summary>Turns ONNX files into engines for one kind of target, runs and times them.</summary>
public interface IEngineBackend
{
    /// <summary>The name of the target it builds for, as in run specifications and reports.</summary>
    string Name { get; }

    /// <summary>Builds the engine, or delivers what another machine needs to build it where this one cannot.</summary>
    /// <exception cref="EngineException">The model cannot be built; the message explains the back end's complaint.</exception>
    Task<EngineBuildResult> BuildAsync(EngineBuildRequest request, CancellationToken cancellationToken);

    /// <summary>Loads a built engine.</summary>
    /// <exception cref="EngineException">The file is missing, or is not an engine of this back end.</exception>
    IEngine Load(string enginePath);

    /// <summary>Times a built engine the way trtexec does.</summary>
    /// <exception cref="EngineException">The engine fails.</exception>
    Task<EngineTiming> MeasureAsync(string enginePath, int batch, TimingOptions options, CancellationToken cancellationToken);
}
