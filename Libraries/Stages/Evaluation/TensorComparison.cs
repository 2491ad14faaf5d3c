using Microsoft.Extensions.Logging;
using QatPipeline.Coco;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Building;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Evaluation;

/// <summary>Compares the quantized tensors of INT8 engines with their simulation, where they can be seen.</summary>
/// <param name="context">The stage's.</param>
/// <param name="run">Names the pictures and how they are loaded.</param>
/// <param name="index">The run's images.</param>
internal sealed partial class TensorComparison(IStageContext context, DetectionRun run, DatasetIndex index)
{
    private const int ComparedImages = 2;

    /// <summary>The engine's tensors in order of execution; none where they cannot be seen.</summary>
    /// <exception cref="EngineException">The engine of ONNX Runtime does not compute what was simulated.</exception>
    public async Task<IReadOnlyList<TensorAgreement>> OfAsync(EvaluatedModel engine, CancellationToken cancellationToken) =>
        engine.Target == TargetNames.OrtCpu ? await OfOrtCpuAsync(cancellationToken)
        : await IsSeenAsync(engine, cancellationToken) ? await OfTensorRtAsync(engine.Variant, cancellationToken)
        : [];

    private async Task<IReadOnlyList<TensorAgreement>> OfOrtCpuAsync(CancellationToken cancellationToken)
    {
        var model = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.OrtCpuForm, cancellationToken));
        var count = model.Inputs[0].Shape is [{ Value: > 1 and var size }, ..] ? (int)size : ComparedImages;
        using var batch = await ReadAsync(count, cancellationToken);
        var options = new OrtCpuOptions { Threads = context.Specification.Build.Threads, InputSize = (batch.Height, batch.Width) };
        var tensors = await OrtTensorAgreement.CompareAsync(model, options, batch.Pixels, batch.Count, cancellationToken);
        AgreementGate.Require(model, tensors);
        return tensors;
    }

    /// <summary>
    /// A model without Q/DQ nodes has no codes to give out, and every picture adds all tensors as text: of the explicit route's engines,
    /// that of the smallest batch is looked into.
    /// </summary>
    private async Task<bool> IsSeenAsync(EvaluatedModel engine, CancellationToken cancellationToken)
    {
        var build = await JsonArtifact.ReadAsync<TensorRtBuild>(
            await context.OpenInputAsync(ArtifactNames.TensorRtBuild, cancellationToken), ArtifactNames.TensorRtBuild, cancellationToken);
        var (all, wanted) = (context.Specification.Build.Batches, context.Specification.Build.ApBatches);
        return build.Route == TensorRtModels.Explicit && engine.Batch == (wanted.Count > 0 ? wanted : all).Min();
    }

    /// <summary>
    /// A twin of the engine with all quantized tensors as outputs. They can change what the builder fuses, so it proves less than the
    /// engine's detections do, and a builder that refuses them ends nothing.
    /// </summary>
    private async Task<IReadOnlyList<TensorAgreement>> OfTensorRtAsync(string variant, CancellationToken cancellationToken)
    {
        var model = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.TensorRtQdqForm, cancellationToken));
        using var batch = await ReadAsync(model.Inputs[0].Shape is [{ Value: { } size }, ..] ? (int)size : 1, cancellationToken);
        try
        {
            return await OrtTensorAgreement.CompareAsync(
                model,
                new TensorRtBackend(TensorRtBuilding.OptionsOf(context.Specification.Build)),
                new OrtCpuOptions { Threads = context.Specification.Build.Threads },
                batch.Pixels,
                batch.Count,
                cancellationToken);
        }
        catch (EngineException exception)
        {
            LogNotSeen(context.Logger, variant, exception);
            return [];
        }
    }

    private async Task<ImageBatch> ReadAsync(int count, CancellationToken cancellationToken)
    {
        context.Progress.Report(new StageProgress("comparing tensors of the INT8 engine with their simulation", 0, 1));
        IReadOnlyList<IndexedImage> wanted =
            [.. Enumerable.Range(0, count).Select(position => index.Validation[position % index.Validation.Count])];
        return await run.Images
            .ReadAsync(context.Specification, DatasetSplit.Validation, wanted, run.Protocol, wanted.Count, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw new CocoException(
                "No validation image could be read: the engine cannot be compared with its simulation; check data.validation.");
    }

    [LoggerMessage(LogLevel.Warning, "The tensors of {Variant} are not compared: no engine that gives them out could be built and run")]
    private static partial void LogNotSeen(ILogger logger, string variant, Exception exception);
}
