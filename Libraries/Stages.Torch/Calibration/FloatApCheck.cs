using System.Globalization;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Whether the float detector finds anything: if not, all that follows would be for nothing.</summary>
internal static class FloatApCheck
{
    // With fewer objects, missing all of them can be chance.
    private const int FewestObjects = 20;

    /// <exception cref="StageInputException">It finds next to nothing on images that show enough.</exception>
    /// <returns>What is said of it on fewer; null where it finds enough.</returns>
    public static string? Require(IStageContext context, GraphEvaluation evaluation, MeasuredGraph measured)
    {
        var specification = context.Specification;
        if (specification.Model.Onnx is null || measured.ValidationAp >= specification.Evaluation.MinFloatAp)
        {
            return null;
        }

        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"The float model's AP on the validation images is {measured.ValidationAp:f4} ({measured.Detections.Count} detections). ")
            + $"It was read as {evaluation.Reading}. {CauseOf(measured)}";
        if (evaluation.ValidationObjects >= FewestObjects)
        {
            throw new StageInputException(
                $"{message} Describe the model by model.detector (docs/detectors.md), or set evaluation.minFloatAp to 0 to go on all the "
                + "same.");
        }

        return message;
    }

    private static string CauseOf(MeasuredGraph measured) => measured.Detections.Count switch
    {
        0 => "Nothing was above evaluation.confidence: most likely the input is another one (colour order, scale, mean), or scores are "
            + "logits.",
        _ => "Most likely its boxes or classes mean something else, its classes are in another order than the data sets' categories, or it "
            + "was not trained for them.",
    };
}
