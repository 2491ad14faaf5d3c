namespace QatPipeline.Engines.TensorRt;

/// <summary>The engines of one request that another machine is to build, and the files for it.</summary>
/// <param name="Request">What to build.</param>
/// <param name="Files">Its files, copied to the folder of the delivery.</param>
/// <param name="Older">What versions before 8.4 build the same engines from, where that is something else.</param>
internal sealed record DeliveredEngines(EngineBuildRequest Request, TensorRtFiles Files, DeliveredEngines? Older = null)
{
    /// <summary>The models and caches that an engine can come from.</summary>
    public IEnumerable<string> Models => [Files.Onnx, .. Older?.Models ?? []];

    /// <summary>The calibration caches, whose first line has to name the version that reads them.</summary>
    public IEnumerable<string> Caches => [.. Files.Caches, .. Older?.Caches ?? []];

    /// <summary>One command line an engine, with names relative to the folder.</summary>
    /// <exception cref="EngineException">The version has no way to build that.</exception>
    public IReadOnlyList<(EngineFile Engine, string Model, IReadOnlyList<string> Arguments)> Commands(
        TrtexecVersion version, TensorRtOptions options) =>
        Older is not null && !version.HasMemoryPools ? Older.Commands(version, options) :
        [
            .. Files.Engines.Select(engine => (
                engine,
                Path.GetFileName(Files.Onnx),
                TrtexecCommand.BuildArguments(
                    version,
                    new(
                        Path.GetFileName(Files.Onnx),
                        Path.GetFileName(engine.Path),
                        Request.Precision,
                        Path.GetFileName(Files.Cache),
                        Files.ShapeOf(engine)),
                    options,
                    Request.Timing))),
        ];
}
