using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Evaluation;

/// <summary>The result of an evaluation: figures, per-category AP and the full precision and recall arrays.</summary>
public sealed class CocoEvaluation
{
    private readonly EvaluationArrays _arrays;

    internal CocoEvaluation(CocoDataset truth, EvaluationArrays arrays, IReadOnlyList<CategoryMatches> matches, int ignoredDetections)
    {
        (_arrays, Truth, Matches, IgnoredDetections) = (arrays, truth, matches, ignoredDetections);
        Metrics = new CocoMetrics(
            arrays.MeanPrecision(null, 0),
            arrays.MeanPrecision(EvaluationGrid.IndexOfIou50, 0),
            arrays.MeanPrecision(EvaluationGrid.IndexOfIou75, 0),
            arrays.MeanPrecision(null, 1),
            arrays.MeanPrecision(null, 2),
            arrays.MeanPrecision(null, 3),
            arrays.MeanRecall(0, 0),
            arrays.MeanRecall(0, 1),
            arrays.MeanRecall(0, 2),
            arrays.MeanRecall(1, 2),
            arrays.MeanRecall(2, 2),
            arrays.MeanRecall(3, 2));
        PerCategory = [.. truth.Categories.Select((category, index) => new CategoryMetrics(
            category.Id,
            category.Name,
            arrays.MeanPrecision(null, 0, index),
            arrays.MeanPrecision(EvaluationGrid.IndexOfIou50, 0, index)))];
    }

    /// <summary>Means over all categories that have ground truth.</summary>
    public CocoMetrics Metrics { get; }

    /// <summary>In ascending order of category id.</summary>
    public IReadOnlyList<CategoryMetrics> PerCategory { get; }

    /// <summary>Detections of categories the ground truth does not have: they take no part.</summary>
    public int IgnoredDetections { get; }

    internal CocoDataset Truth { get; }

    /// <summary>By class index.</summary>
    internal IReadOnlyList<CategoryMatches> Matches { get; }

    /// <summary>
    /// Precision at (IoU threshold t, recall threshold r, category k, area a, detection limit m) of <see cref="EvaluationGrid"/>;
    /// −1 where undefined.
    /// </summary>
    public double Precision(int t, int r, int k, int a, int m) => _arrays.Precision(t, r, k, a, m);

    /// <summary>Highest recall at (IoU threshold t, category k, area a, detection limit m); −1 where undefined.</summary>
    public double Recall(int t, int k, int a, int m) => _arrays.Recall(t, k, a, m);
}
