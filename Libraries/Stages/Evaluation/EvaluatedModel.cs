using System.Runtime.CompilerServices;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Stages.Building;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Evaluation;

/// <summary>A file of the run that detects: an engine, or a form that is run as it is written.</summary>
/// <param name="Variant">What the report calls it.</param>
/// <param name="Target">The target that it is for.</param>
/// <param name="Precision">The arithmetic it may use.</param>
/// <param name="IsEngine">False for a simulation.</param>
/// <param name="Detections">The artifact for its detections.</param>
/// <param name="Batch">The batch that it is run with; null for the specification's.</param>
/// <param name="Load">Loads it; the caller disposes.</param>
internal sealed record EvaluatedModel(
    string Variant, string Target, EnginePrecision Precision, bool IsEngine, string Detections, int? Batch, Func<IEngine> Load)
{
    /// <summary>The files of a run in the order of its report.</summary>
    public static async IAsyncEnumerable<EvaluatedModel> OfAsync(
        IStageContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var runtime = new OrtCpuBackend(new OrtCpuOptions { Threads = specification.Build.Threads });

        // A loaded model is optimized no further: the form computes what its nodes say.
        foreach (var target in specification.Targets.Skip(1))
        {
            var form = await context.OpenInputAsync(ArtifactNames.ExplicitForm(target), cancellationToken);
            yield return new(
                Variants.Simulated(target), target, EnginePrecision.Int8, IsEngine: false, ArtifactNames.SimulatedDetections(target), null,
                () => runtime.Load(form));
        }

        foreach (var target in specification.Targets)
        {
            await foreach (var engine in target == TargetNames.OrtCpu
                ? OrtCpuEnginesAsync(context, runtime, cancellationToken)
                : TensorRtEnginesAsync(context, cancellationToken))
            {
                yield return engine;
            }
        }
    }

    private static async IAsyncEnumerable<EvaluatedModel> OrtCpuEnginesAsync(
        IStageContext context, OrtCpuBackend backend, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (variant, _, engine, detections, precision) in OrtCpuBuilding.Engines)
        {
            var path = await context.OpenInputAsync(engine, cancellationToken);
            yield return new(variant, TargetNames.OrtCpu, precision, IsEngine: true, detections, null, () => backend.Load(path));
        }
    }

    private static async IAsyncEnumerable<EvaluatedModel> TensorRtEnginesAsync(
        IStageContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var build = await JsonArtifact.ReadAsync<TensorRtBuild>(
            await context.OpenInputAsync(ArtifactNames.TensorRtBuild, cancellationToken), ArtifactNames.TensorRtBuild, cancellationToken);
        if (build.Status == EngineBuildStatus.Delivered)
        {
            yield break;
        }

        var model = await context.OpenInputAsync(ArtifactNames.FloatForm, cancellationToken);
        var backend = new TensorRtBackend(TensorRtBuilding.OptionsOf(context.Specification.Build));
        var wanted = context.Specification.Build.ApBatches;
        foreach (var engine in build.Engines.Where(engine => engine.Missing is null))
        {
            var name = TensorRtEngineName.Parse(engine.Variant)!.Value;
            if (wanted.Count == 0 || wanted.Contains(name.Batch))
            {
                var path = await context.OpenInputAsync(engine.File, cancellationToken);
                yield return new(
                    name.Variant, TargetNames.TensorRt, name.Precision, IsEngine: true, name.Detections, name.Batch,
                    () => backend.Load(path, model));
            }
        }
    }
}
