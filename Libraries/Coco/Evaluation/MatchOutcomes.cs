namespace QatPipeline.Coco.Evaluation;

/// <summary>What became of every detection that takes part, at every area range and IoU threshold.</summary>
/// <param name="detections">Detections that take part.</param>
/// <param name="groups">Groups of category and image.</param>
internal sealed class MatchOutcomes(int detections, int groups)
{
    /// <summary>[detection]</summary>
    public double[] Scores { get; } = new double[detections];

    /// <summary>[area][detection]: bit t is set where it matches a ground truth at threshold t.</summary>
    public ushort[][] Matched { get; } = PerArea<ushort>(detections);

    /// <summary>[area][detection]: bit t is set where it counts neither as right nor as wrong at threshold t.</summary>
    public ushort[][] Ignored { get; } = PerArea<ushort>(detections);

    /// <summary>[area][group]: ground truths that count.</summary>
    public int[][] TruthCounts { get; } = PerArea<int>(groups);

    private static T[][] PerArea<T>(int length)
    {
        var arrays = new T[EvaluationGrid.AreaRanges.Count][];
        for (var area = 0; area < arrays.Length; area++)
        {
            arrays[area] = new T[length];
        }

        return arrays;
    }
}
