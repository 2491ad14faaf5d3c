using System.Globalization;
using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>The rows of the comparison table: every file has one of its own, so no figure stands under another's name.</summary>
internal sealed class ResultRows(RunSpecification specification, RunFigures figures, IReadOnlyList<ArtifactReference> artifacts)
{
    /// <summary>Engines whose times differ by less than this are equally fast: so far do two measurements of one engine differ.</summary>
    private const double LeastGain = 0.02;

    /// <summary>What was evaluated, then the engines that were not.</summary>
    public IReadOnlyList<VariantResult> All()
    {
        var evaluated = figures.Evaluation.Variants.ToDictionary(variant => variant.Variant);
        var others = figures.TensorRt?.Engines.Select(engine => engine.Variant).Where(variant => !evaluated.ContainsKey(variant)) ?? [];
        return [.. evaluated.Keys.Concat(others).Select(variant => Row(variant, evaluated.GetValueOrDefault(variant)))];
    }

    private VariantResult Row(string variant, VariantEvaluation? evaluation)
    {
        var (target, precision, artifact, isEngine) = Describe(variant);
        var batch = TensorRtEngineName.Parse(variant)?.Batch;
        var measured = figures.Timings.GetValueOrDefault(variant) ?? [];
        var single = measured.FirstOrDefault(timing => timing.Batch == 1);
        var imported = figures.Imported?.Engines.FirstOrDefault(engine => engine.Variant == variant);
        return new VariantResult
        {
            Variant = variant,
            Target = target,
            Precision = precision,
            IsEngine = isEngine,
            Batch = batch,
            InputSize = figures.Evaluation.InputSize,
            Protocol = figures.Evaluation.Protocol,
            Ap = evaluation?.Metrics.Ap,
            Ap50 = evaluation?.Metrics.Ap50,
            ApDelta = evaluation?.AgainstFloat?.Difference,
            ApDeltaLow = evaluation?.AgainstFloat?.Low,
            ApDeltaHigh = evaluation?.AgainstFloat?.High,
            MedianMsBatch1 = single?.Latency.Median,
            P99MsBatch1 = single?.Latency.Percentile,
            FpsBatch1 = single?.ImagesPerSecond,
            FpsBatch32 = measured.FirstOrDefault(timing => timing.Batch == 32)?.ImagesPerSecond,
            Digest = imported?.Sha256 ?? artifacts.FirstOrDefault(reference => reference.Name == artifact)?.Sha256,
            Environment = measured.Count > 0 ? measured[0].Environment : null,
            Remark = batch is null ? SlownessOf(variant, single) : RemarkOf(variant, imported is not null, evaluation is not null),
        };
    }

    private (string Target, string Precision, string Artifact, bool IsEngine) Describe(string variant) => variant switch
    {
        Variants.Float => (specification.Target, EnginePrecision.Float.ToName(), ArtifactNames.FloatGraph, false),
        Variants.Ptq => (specification.Target, EnginePrecision.Int8.ToName(), ArtifactNames.PtqGraph, false),
        Variants.Qat => (specification.Target, EnginePrecision.Int8.ToName(), ArtifactNames.QatGraph, false),
        Variants.FloatEngine => (TargetNames.OrtCpu, EnginePrecision.Float.ToName(), ArtifactNames.FloatEngine, true),
        _ when TensorRtEngineName.Parse(variant) is { } engine => (TargetNames.TensorRt, engine.Precision.ToName(), engine.File, true),
        _ when Variants.SimulatedTarget(variant) is { } target =>
            (target, EnginePrecision.Int8.ToName(), ArtifactNames.ExplicitForm(target), false),
        _ => (TargetNames.OrtCpu, EnginePrecision.Int8.ToName(), ArtifactNames.Int8Engine, true),
    };

    /// <summary>Says so where 8 bits gain no time on the machine of the run; null elsewhere.</summary>
    private string? SlownessOf(string variant, EngineTiming? single)
    {
        var reference = figures.Timings.GetValueOrDefault(Variants.FloatEngine)?.FirstOrDefault(timing => timing.Batch == 1);
        if (variant != Variants.Int8Engine || single is null || reference is null)
        {
            return null;
        }

        var ratio = single.Latency.Median / reference.Latency.Median;
        if (ratio <= 1 - LeastGain)
        {
            return null;
        }

        var advice = specification.Partial.Placement == "measured" ? "" : ", or try partial.placement: measured";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"takes {ratio:0.00} of the float engine's time at batch 1: 8 bits save none on this machine. Deploy {ArtifactNames.FloatEngine}{advice}.");
    }

    private string? RemarkOf(string variant, bool isImported, bool isEvaluated)
    {
        var build = figures.TensorRt;
        var missing = build?.Engines.FirstOrDefault(engine => engine.Variant == variant)?.Missing;
        return missing is not null ? missing
            : isImported ? $"measured on {figures.Imported!.Host} and imported{(isEvaluated ? "" : "; AP not measured")}"
            : build?.Status == EngineBuildStatus.Delivered ? "delivered, not built: AP and speed not measured"
            : isEvaluated ? null
            : "AP not measured: build.apBatches leaves this batch out";
    }
}
