using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>Builds the float and the INT8 engine from their forms and times both, taking turns, on this machine.</summary>
public sealed class BuildStage : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Build;

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) => [ArtifactNames.FloatForm, ArtifactNames.OrtCpuForm];

    // An engine is made for one processor: another one is another key.
    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) =>
        new { specification.Target, specification.Model.InputSize, specification.Build, Processor = ProcessorIdentity.Name };

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var build = context.Specification.Build;
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatForm, cancellationToken));
        var size = ImageInput.SizeOf(original, context.Specification);
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = build.Threads, InputSize = (size, size) });
        (string Variant, string Form, string Engine, EnginePrecision Precision)[] engines =
        [
            (Variants.FloatEngine, ArtifactNames.FloatForm, ArtifactNames.FloatEngine, EnginePrecision.Float),
            (Variants.Int8Engine, ArtifactNames.OrtCpuForm, ArtifactNames.Int8Engine, EnginePrecision.Int8),
        ];
        foreach (var (index, (variant, form, engine, precision)) in engines.Index())
        {
            context.Progress.Report(new StageProgress($"building {engine}", index, engines.Length));
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

        var options = new TimingOptions
        {
            WarmUp = TimeSpan.FromMilliseconds(build.WarmUpMilliseconds),
            Duration = TimeSpan.FromMilliseconds(build.DurationMilliseconds),
        };
        string[] paths = [.. engines.Select(engine => context.OutputPath(engine.Engine))];
        var timings = await backend.MeasureTogetherAsync(paths, build.Batches, options, cancellationToken);
        context.Measure(
            BuildTimings.Measurement, engines.Zip(timings).ToDictionary(pair => pair.First.Variant, pair => pair.Second));
    }
}
