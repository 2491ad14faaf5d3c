using QatPipeline.Detectors.Outputs;

namespace QatPipeline.Detectors.Recognition;

/// <summary>Finds final detections in three outputs: boxes, scores and labels.</summary>
/// <param name="outputs">Of one image.</param>
/// <param name="categoryIds">Of the data set, ascending.</param>
internal sealed class LabelledBoxes(IReadOnlyList<OutputTensor> outputs, IReadOnlyList<long> categoryIds)
{
    private static readonly string[] LabelNames = ["label", "class"];
    private static readonly string[] ScoreNames = ["score", "conf", "prob"];

    /// <summary>Every way to read them: outputs that could be both are told apart by their names, then by their values.</summary>
    public IEnumerable<(OutputTensor Boxes, OutputTensor Scores, OutputTensor Labels)> Candidates()
    {
        foreach (var boxes in outputs.Where(output => output.Shape is [_, 4]))
        {
            OutputTensor[] lists = [.. outputs.Where(output => output != boxes && IsList(output, boxes.Shape[0]))];
            if (Single(lists, LabelNames, AreLabels) is { } labels
                && Single([.. lists.Where(list => list != labels)], ScoreNames, AreScores) is { } scores)
            {
                yield return (boxes, scores, labels);
            }
        }
    }

    /// <summary>
    /// Whether labels are positions among the data set's categories, follow a background class, or are the categories' ids; null where
    /// they are none of these.
    /// </summary>
    /// <param name="scores">Rows without a score fill a list up.</param>
    /// <param name="labels">The labels.</param>
    public (BackgroundClass Background, bool IsById)? NumberingOf(OutputTensor scores, OutputTensor labels)
    {
        int[] seen =
        [
            .. labels.Values.ToArray().Zip(scores.Values.ToArray()).Where(row => row.Second > 0).Select(row => (int)row.First).Distinct(),
        ];
        return seen.Length == 0 || (seen.Contains(0) && seen.Max() < categoryIds.Count) ? (BackgroundClass.None, false)
            : Array.TrueForAll(seen, label => categoryIds.Contains(label)) ? (BackgroundClass.None, true)
            : Array.TrueForAll(seen, label => label > 0 && label <= categoryIds.Count) ? (BackgroundClass.First, false)
            : Array.TrueForAll(seen, label => label >= 0 && label < categoryIds.Count) ? (BackgroundClass.None, false)
            : null;
    }

    // Numbers of detections alone in an output are none of their own.
    private static bool IsList(OutputTensor output, int count) =>
        output.Values.Length == count && output.Shape.All(size => size == count || size == 1)
        && !output.Name.Contains("num", StringComparison.OrdinalIgnoreCase);

    private static OutputTensor? Single(OutputTensor[] lists, string[] names, Func<OutputTensor, bool> fits)
    {
        OutputTensor[] fitting = [.. lists.Where(fits)];
        OutputTensor[] named = [.. fitting.Where(list => Array.Exists(
            names, name => list.Name.Contains(name, StringComparison.OrdinalIgnoreCase)))];
        return named is [var only] ? only : fitting is [var last] ? last : null;
    }

    private static bool AreLabels(OutputTensor output) =>
        ProbeValues.AreWhole(FinalDetections.List(output)) && ProbeValues.AreWithin(FinalDetections.List(output), -1, short.MaxValue);

    private static bool AreScores(OutputTensor output) => ProbeValues.AreWithin(FinalDetections.List(output), 0, 1);
}
