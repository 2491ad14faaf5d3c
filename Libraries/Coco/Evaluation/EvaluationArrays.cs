namespace QatPipeline.Coco.Evaluation;

/// <summary>Precision [T,R,K,A,M] and recall [T,K,A,M] as pycocotools lays them out; −1 where undefined.</summary>
internal sealed class EvaluationArrays
{
    private static readonly int Thresholds = EvaluationGrid.IouThresholds.Count;
    private static readonly int Recalls = EvaluationGrid.RecallThresholds.Count;
    private static readonly int Areas = EvaluationGrid.AreaRanges.Count;
    private static readonly int Limits = EvaluationGrid.MaximumDetections.Count;
    private readonly int _categories;
    private readonly double[] _precision;
    private readonly double[] _recall;

    public EvaluationArrays(int categories)
    {
        _categories = categories;
        _precision = new double[Thresholds * Recalls * categories * Areas * Limits];
        _recall = new double[Thresholds * categories * Areas * Limits];
        Array.Fill(_precision, -1);
        Array.Fill(_recall, -1);
    }

    public double Precision(int t, int r, int k, int a, int m) => _precision[PrecisionIndex(t, r, k, a, m)];

    public double Recall(int t, int k, int a, int m) => _recall[RecallIndex(t, k, a, m)];

    public void SetPrecision(int t, int r, int k, int a, int m, double value) => _precision[PrecisionIndex(t, r, k, a, m)] = value;

    public void SetRecall(int t, int k, int a, int m, double value) => _recall[RecallIndex(t, k, a, m)] = value;

    /// <summary>Mean of the defined precisions at the largest detection limit; −1 where there are none.</summary>
    /// <param name="threshold">One IoU threshold, or null for all.</param>
    /// <param name="area">Area range.</param>
    /// <param name="category">One category, or null for all.</param>
    public double MeanPrecision(int? threshold, int area, int? category = null)
    {
        var values = new List<double>();
        foreach (var t in Range(threshold, Thresholds))
        {
            for (var r = 0; r < Recalls; r++)
            {
                foreach (var k in Range(category, _categories))
                {
                    AddDefined(values, Precision(t, r, k, area, Limits - 1));
                }
            }
        }

        return NumpyMean.Of(values);
    }

    /// <summary>Mean of the defined recalls over thresholds and categories; −1 where there are none.</summary>
    public double MeanRecall(int area, int limit)
    {
        var values = new List<double>();
        for (var t = 0; t < Thresholds; t++)
        {
            for (var k = 0; k < _categories; k++)
            {
                AddDefined(values, Recall(t, k, area, limit));
            }
        }

        return NumpyMean.Of(values);
    }

    private static void AddDefined(List<double> values, double value)
    {
        if (value > -1)
        {
            values.Add(value);
        }
    }

    private static IEnumerable<int> Range(int? only, int count) => only is { } value ? [value] : Enumerable.Range(0, count);

    private int PrecisionIndex(int t, int r, int k, int a, int m) =>
        (((((((t * Recalls) + r) * _categories) + k) * Areas) + a) * Limits) + m;

    private int RecallIndex(int t, int k, int a, int m) => (((((t * _categories) + k) * Areas) + a) * Limits) + m;
}
