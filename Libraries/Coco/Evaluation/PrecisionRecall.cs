namespace QatPipeline.Coco.Evaluation;

/// <summary>Precision at the 101 recall thresholds, from detections in descending order of score.</summary>
internal static class PrecisionRecall
{
    /// <summary>numpy.spacing(1), with which pycocotools guards its division.</summary>
    private const double Spacing = 2.220446049250313e-16;

    /// <summary>Interpolates the precision envelope.</summary>
    /// <param name="truePositives">Cumulative count after each detection; overwritten nowhere.</param>
    /// <param name="falsePositives">Cumulative count after each detection.</param>
    /// <param name="truthCount">Ground truth that counts, above 0.</param>
    /// <param name="precision">101 values.</param>
    /// <param name="scratch">At least as long as the counts.</param>
    /// <returns>The highest recall reached.</returns>
    public static double Interpolate(
        ReadOnlySpan<double> truePositives,
        ReadOnlySpan<double> falsePositives,
        double truthCount,
        Span<double> precision,
        Span<double> scratch)
    {
        precision.Clear();
        var count = truePositives.Length;
        if (count == 0)
        {
            return 0;
        }

        var envelope = scratch[..count];
        var highest = 0.0;
        for (var index = count - 1; index >= 0; index--)
        {
            highest = Math.Max(highest, truePositives[index] / (falsePositives[index] + truePositives[index] + Spacing));
            envelope[index] = highest;
        }

        var thresholds = EvaluationGrid.RecallThresholds;
        var position = 0;
        for (var threshold = 0; threshold < thresholds.Count; threshold++)
        {
            while (position < count && truePositives[position] / truthCount < thresholds[threshold])
            {
                position++;
            }

            if (position == count)
            {
                break;
            }

            precision[threshold] = envelope[position];
        }

        return truePositives[count - 1] / truthCount;
    }
}
