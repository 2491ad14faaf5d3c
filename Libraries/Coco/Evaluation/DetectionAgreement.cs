using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Evaluation;

/// <summary>How far two sets of detections of the same images agree.</summary>
/// <param name="FirstCount">Detections of the first set.</param>
/// <param name="SecondCount">Detections of the second set.</param>
/// <param name="Matched">Pairs of the same image and category that overlap enough.</param>
/// <param name="MeanScoreDifference">Mean magnitude over the pairs; 0 where there are none.</param>
/// <param name="MeanIou">Over the pairs; 0 where there are none.</param>
/// <param name="WorstImages">Images with detections, those with the smallest matched part first.</param>
public sealed record DetectionAgreement(
    int FirstCount, int SecondCount, int Matched, double MeanScoreDifference, double MeanIou, IReadOnlyList<ImageAgreement> WorstImages)
{
    /// <summary>Part of all detections of both sets that have a partner; 1 where both are empty.</summary>
    public double MatchedFraction => Fraction(Matched, FirstCount + SecondCount);

    /// <summary>Compares the pairs of <see cref="DetectionPairs"/>.</summary>
    /// <param name="first">For instance the fake-quantized graph's.</param>
    /// <param name="second">For instance the engine's.</param>
    /// <param name="minimumIou">Overlap of a pair.</param>
    /// <param name="worstImages">Images to list at most.</param>
    public static DetectionAgreement Compare(
        IReadOnlyList<Detection> first, IReadOnlyList<Detection> second, double minimumIou = 0.9, int worstImages = 10)
    {
        var pairs = DetectionPairs.Of(first, second, minimumIou).ToList();
        var matched = pairs.CountBy(pair => first[pair.First].ImageId).ToDictionary();
        var images = first.Concat(second).CountBy(detection => detection.ImageId)
            .Select(image => new ImageAgreement(image.Key, image.Value, matched.GetValueOrDefault(image.Key)));
        return new DetectionAgreement(
            first.Count,
            second.Count,
            pairs.Count,
            pairs.Count == 0 ? 0 : pairs.Average(pair => Math.Abs(first[pair.First].Score - second[pair.Second].Score)),
            pairs.Count == 0 ? 0 : pairs.Average(pair => pair.Iou),
            [.. images.OrderBy(image => image.MatchedFraction).ThenBy(image => image.ImageId).Take(worstImages)]);
    }

    internal static double Fraction(int pairs, int detections) => detections == 0 ? 1 : 2.0 * pairs / detections;
}

/// <summary>One image's share of an agreement.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Detections">Of both sets together.</param>
/// <param name="Matched">Pairs.</param>
public sealed record ImageAgreement(long ImageId, int Detections, int Matched)
{
    /// <summary>Part of the detections of both sets that have a partner.</summary>
    public double MatchedFraction => DetectionAgreement.Fraction(Matched, Detections);
}
