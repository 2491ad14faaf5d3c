namespace QatPipeline.Coco.Evaluation;

/// <summary>The grid COCO evaluates on; thresholds are the same doubles numpy's linspace gives.</summary>
public static class EvaluationGrid
{
    /// <summary>0.50, 0.55, …, 0.95.</summary>
    public static IReadOnlyList<double> IouThresholds { get; } = LinearSpace(0.5, 0.95, 10);

    /// <summary>0.00, 0.01, …, 1.00.</summary>
    public static IReadOnlyList<double> RecallThresholds { get; } = LinearSpace(0, 1, 101);

    /// <summary>Areas in square pixels: all, small, medium, large; both ends included.</summary>
    public static IReadOnlyList<(double Low, double High)> AreaRanges { get; } =
    [
        (0, 1e10),
        (0, 32 * 32),
        (32 * 32, 96 * 96),
        (96 * 96, 1e10),
    ];

    /// <summary>Detections per image and category, highest scores first.</summary>
    public static IReadOnlyList<int> MaximumDetections { get; } = [1, 10, DetectionLimit];

    /// <summary>Position of 0.50 in <see cref="IouThresholds"/>.</summary>
    public const int IndexOfIou50 = 0;

    /// <summary>Position of 0.75 in <see cref="IouThresholds"/>.</summary>
    public const int IndexOfIou75 = 5;

    /// <summary>The largest of <see cref="MaximumDetections"/>.</summary>
    internal const int DetectionLimit = 100;

    private static double[] LinearSpace(double start, double stop, int count)
    {
        var step = (stop - start) / (count - 1);
        var values = new double[count];
        for (var index = 0; index < count; index++)
        {
            values[index] = (index * step) + start;
        }

        values[^1] = stop;
        return values;
    }
}
