using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Evaluation;

/// <summary>The figures of variants on the same images, each against the float graph.</summary>
internal static class VariantComparison
{
    /// <param name="truth">The ground truth of the validation images.</param>
    /// <param name="detections">Of every variant, the float graph's first.</param>
    /// <param name="specification">Replicates and seed of the intervals.</param>
    public static VariantEvaluation[] Of(
        CocoDataset truth, IReadOnlyList<(string Variant, IReadOnlyList<Detection> Detections)> detections, RunSpecification specification)
    {
        var evaluations = detections.Select(item => (item.Variant, Evaluation: CocoEvaluator.Evaluate(truth, item.Detections))).ToArray();
        var differences = PairedBootstrap.Compare(
            evaluations[0].Evaluation,
            [.. evaluations.Skip(1).Select(item => item.Evaluation)],
            specification.Evaluation.BootstrapReplicates,
            (ulong)specification.Seed);
        return [.. evaluations.Select((item, index) => new VariantEvaluation(
            item.Variant,
            item.Evaluation.Metrics,
            item.Evaluation.PerCategory,
            index == 0 ? null : differences[index - 1],
            MeanPrecisionAt50(item.Evaluation)))];
    }

    private static double[] MeanPrecisionAt50(CocoEvaluation evaluation)
    {
        var categories = Enumerable.Range(0, evaluation.PerCategory.Count)
            .Where(category => evaluation.Precision(0, 0, category, 0, 2) > -1)
            .ToArray();
        return [.. Enumerable.Range(0, EvaluationGrid.RecallThresholds.Count).Select(recall =>
            categories.Length == 0 ? 0 : categories.Average(category => evaluation.Precision(0, recall, category, 0, 2)))];
    }
}
