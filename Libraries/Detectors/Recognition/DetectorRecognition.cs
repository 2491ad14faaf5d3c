using System.Text.Json;
using QatPipeline.Detectors.Outputs;

namespace QatPipeline.Detectors.Recognition;

/// <summary>Finds out what a detector's outputs are from their names, shapes and values for one real picture.</summary>
public static class DetectorRecognition
{
    /// <summary>What the layout is called in a specification.</summary>
    public static string NameOf(OutputLayout layout) => JsonNamingPolicy.KebabCaseLower.ConvertName(layout.ToString());

    /// <summary>The description of a detector.</summary>
    /// <param name="probe">The network's outputs for a picture.</param>
    /// <param name="request">What is said of it already.</param>
    /// <param name="categoryIds">Of the data set, ascending.</param>
    /// <exception cref="DetectorException">No layout fits, or several do.</exception>
    public static DetectorDescription Of(DetectorProbe probe, DetectorRequest request, IReadOnlyList<long> categoryIds) =>
        Candidates(probe, request, categoryIds) switch
        {
            [] => throw NotUnderstood(probe, request, categoryIds.Count),
            [var only] => only,
            var several => throw Ambiguous(several),
        };

    /// <summary>The descriptions that fit, none before another.</summary>
    /// <exception cref="DetectorException">The request names an output that the model does not have.</exception>
    internal static DetectorDescription[] Candidates(DetectorProbe probe, DetectorRequest request, IReadOnlyList<long> categoryIds)
    {
        var family = request.Layout is { } wanted ? DetectorFamilies.All.GetValueOrDefault(wanted) : null;
        var outputs = request.Outputs.Count == 0
            ? probe.Outputs
            : [.. request.Outputs.Select(name => probe.Outputs.FirstOrDefault(output => output.Name == name) ?? throw new DetectorException(
                $"model.detector.outputs names '{name}', but the model's outputs are {probe.Listing}."))];
        var matcher = new LayoutMatcher(outputs, probe.Canvas, categoryIds, request, family);
        var candidates = matcher.Candidates
            .Where(candidate => request.Layout is null
                || (family is null ? NameOf(candidate.Layout) == request.Layout : family.Layouts.Contains(candidate.Layout)))
            .Select(candidate => candidate with { TakesOne = candidate.HoldsDetections && !probe.HasBatch(candidate.Outputs[0]) })
            .ToArray();

        // A decoded output tells all that undecoded ones beside it do.
        var rank = candidates.Select(candidate => Rank(candidate.Layout)).DefaultIfEmpty().Min();
        return [.. candidates.Where(candidate => Rank(candidate.Layout) == rank)];
    }

    /// <summary>What was recognised, as the end of "looks like …".</summary>
    /// <param name="description">The detector.</param>
    /// <param name="classes">Number of classes.</param>
    public static string Describe(DetectorDescription description, int classes)
    {
        var counted = classes == 1 ? "1 class" : $"{classes} classes";
        var where = description.IsTransposed ? "columns" : "rows";
        var unit = description.IsNormalized ? "parts of the picture" : "pixels";
        var form = description.Boxes == BoxForm.Corners ? "corners" : "centre and size";
        var scores = description.Scores switch
        {
            ScoreForm.Logits => ", scores as logits",
            ScoreForm.Softmax => ", scores before softmax",
            _ => "",
        };
        var background = description.Background switch
        {
            BackgroundClass.First => ", background first",
            BackgroundClass.Last => ", background last",
            _ => "",
        };
        return description.Layout switch
        {
            OutputLayout.Rows => $"YOLOv5, v6 or v7: {counted}, boxes in {where} ({form} in {unit}), with objectness{scores}",
            OutputLayout.Classes => $"YOLOv8 and later: {counted}, boxes in {where} ({form} in {unit}), no objectness{scores}",
            OutputLayout.EndToEnd => $"YOLOv10, or suppression inside the model: {counted}, final detections ({form} in {unit})",
            OutputLayout.BoxesScoresLabels =>
                $"torchvision, DETR with post-processing, or suppression inside the model: {counted}, final detections in three outputs "
                + $"({form} in {unit}{(description.IsByCategoryId ? ", labels are category ids" : "")}{background})",
            OutputLayout.BoxesScores =>
                $"SSD, UltraFace or DETR: {counted}, boxes ({form} in {unit}) and scores apart{background}{scores}",
            OutputLayout.Grid => $"YOLOX without decoding: {counted}, offsets in cells and logarithms of sizes, with objectness{scores}",
            OutputLayout.Anchors => $"YOLOv5 or v7 without decoding: {counted}, relative to anchor boxes, with objectness",
            OutputLayout.Cells => $"FastestDet: {counted}, cells of one map, with objectness",
            _ => $"NanoDet, PicoDet or GFL: {counted}, distances as distributions, no objectness{scores}",
        };
    }

    private static int Rank(OutputLayout layout) => layout switch
    {
        OutputLayout.EndToEnd or OutputLayout.BoxesScoresLabels => 0,
        OutputLayout.Rows or OutputLayout.Classes => 1,
        OutputLayout.BoxesScores => 2,
        OutputLayout.Grid => 3,
        _ => 4,
    };

    private static DetectorException NotUnderstood(DetectorProbe probe, DetectorRequest request, int classes)
    {
        var known = string.Join(", ", Enum.GetValues<OutputLayout>().Select(NameOf));
        return request.Layout is { } layout
            ? new DetectorException(
                $"model.detector.layout is '{layout}', but the model's outputs {probe.Listing} are not of that layout for the "
                + $"{classes} classes of the data sets: correct the layout, or make the data sets' categories the model's classes, in the same number "
                + "and order.")
            : new DetectorException(
                $"The model's outputs {probe.Listing} are of no layout that is known for the {classes} classes of the data sets. "
                + $"{Hint(probe)}If the model has another number of classes, make the data sets' categories the model's classes, in the same number and "
                + $"order; else write model.detector: {{ layout: …, outputs: [{probe.Outputs[0].Name}] }} with one of {known}, or export the "
                + "model with its boxes decoded.");
    }

    // With other data sets it could be read.
    private static string Hint(DetectorProbe probe) => DetectorGuess.Of(probe, named: 0) is var (description, classes)
        ? $"With other classes they look like {Describe(description, classes)}. "
        : "";

    private static DetectorException Ambiguous(IEnumerable<DetectorDescription> candidates) => new(
        "The model's outputs can be read in several ways; write the one that is meant: "
        + string.Join(" or ", candidates.Select(candidate =>
            $"model.detector: {{ layout: {NameOf(candidate.Layout)}, outputs: [{string.Join(", ", candidate.Outputs)}] }}")) + ".");
}
