using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Building;

/// <summary>Builds the float and the INT8 engine for ONNX Runtime and times both, taking turns, on this machine.</summary>
internal static class OrtCpuBuilding
{
    /// <summary>The engines, and the artifacts that they come from and that are made with them.</summary>
    public static IReadOnlyList<(string Variant, string Form, string Engine, string Detections, EnginePrecision Precision)> Engines { get; } =
    [
        (Variants.FloatEngine, ArtifactNames.FloatForm, ArtifactNames.FloatEngine, ArtifactNames.FloatEngineDetections, EnginePrecision.Float),
        (Variants.Int8Engine, ArtifactNames.OrtCpuForm, ArtifactNames.Int8Engine, ArtifactNames.Int8EngineDetections, EnginePrecision.Int8),
    ];

    /// <returns>The timings by variant, one for each batch size.</returns>
    public static async Task<IEnumerable<KeyValuePair<string, IReadOnlyList<EngineTiming>>>> BuildAsync(
        IStageContext context, TimingOptions timing, CancellationToken cancellationToken)
    {
        var build = context.Specification.Build;
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatForm, cancellationToken));
        var size = ImageInput.SizeOf(original, context.Specification);
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = build.Threads, InputSize = size });
        foreach (var (index, (variant, form, engine, _, precision)) in Engines.Index())
        {
            context.Progress.Report(new StageProgress($"building {engine}", index, Engines.Count));
            var path = context.OutputPath(engine);
            var result = await backend.BuildAsync(
                new EngineBuildRequest
                {
                    OnnxPath = await context.OpenInputAsync(form, cancellationToken),
                    OutputFolder = Path.Combine(Path.GetDirectoryName(path)!, "..", "build"),
                    Name = variant,
                    Precision = precision,
                },
                cancellationToken);
            File.Move(result.Engines[0].Path, path, overwrite: true);
        }

        string[] paths = [.. Engines.Select(engine => context.OutputPath(engine.Engine))];
        var timings = await backend.MeasureTogetherAsync(paths, build.Batches, timing, cancellationToken);
        return Engines.Zip(timings, (engine, measured) => KeyValuePair.Create(engine.Variant, measured));
    }
}
