namespace QatPipeline.Detectors.Outputs;

/// <summary>Whether outputs can be read as a layout.</summary>
internal static class LayoutChecks
{
    /// <exception cref="DetectorException">They cannot.</exception>
    public static void Require(DetectorDescription description, IReadOnlyList<OutputTensor> outputs, int numbers, int categories)
    {
        var length = Length(description, outputs[0]);
        var head = description.Layout switch
        {
            OutputLayout.Rows or OutputLayout.Grid or OutputLayout.Cells => 5,
            OutputLayout.Classes => 4,
            _ => 0,
        };
        var isExact = description.Layout is OutputLayout.Rows or OutputLayout.Grid or OutputLayout.Cells && outputs.Count == 1;
        if (head > 0 && (length < head + numbers || (isExact && length > head + numbers && !IsMasked(length - head - numbers))))
        {
            throw new DetectorException(
                $"The model's output has rows of {length} values, {head} + {length - head} classes, but the data sets have {categories} "
                + "categories: they must be the model's classes, in the same number and order. Where the rows mean something else, say so "
                + "by model.detector.layout.");
        }

        if (description.Layout == OutputLayout.BoxesScoresLabels)
        {
            var count = outputs[0].Values.Length / 4;
            if (outputs is not [_, var scoreList, var labels] || scoreList.Values.Length != count || labels.Values.Length != count)
            {
                throw new DetectorException(
                    $"The outputs {string.Join(", ", outputs)} were read as boxes, scores and labels, but do not have as many of each: name "
                    + "them in this order by model.detector.outputs.");
            }
        }

        if (description.Layout == OutputLayout.BoxesScores)
        {
            var scores = Length(description, outputs[1]);
            if (length != 4 || scores != numbers)
            {
                throw new DetectorException(
                    $"The outputs {outputs[0]} and {outputs[1]} were read as boxes and scores, with {scores} scores a box, but the data sets "
                    + $"have {categories} categories: they must be the model's classes, in the same number and order.");
            }
        }
    }

    // Coefficients of masks, as segmenting YOLOs have them.
    private static bool IsMasked(int further) => further == 32;

    private static int Length(DetectorDescription description, OutputTensor output) =>
        description.IsTransposed || output.Shape.Count > 2 ? output.Shape[0] : output.Shape[^1];
}
