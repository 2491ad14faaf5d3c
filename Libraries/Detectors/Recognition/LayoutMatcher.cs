using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Recognition;

/// <summary>The layouts that a network's outputs can be of.</summary>
internal sealed class LayoutMatcher(
    IReadOnlyList<OutputTensor> outputs,
    (int Height, int Width) canvas,
    IReadOnlyList<long> categoryIds,
    DetectorRequest request,
    DetectorFamily? family)
{
    private const int MaskCoefficients = 32;
    private const int MostKeyPointValues = 3 * 133;
    private const int MostFinalRows = 2000;

    private const int MostAnchors = 9;

    // Queries of a set prediction are few; grids have more cells.
    private const int MostQueries = 1000;

    // PicoDet is known by its fourth stride: NanoDet has three, or all of them in one output.
    private const int PicoDetStrides = 4;

    // Fewer bins are no distribution, and four numbers are a box.
    private const int FewestBins = 4;

    private readonly int _classes = categoryIds.Count;

    public IEnumerable<DetectorDescription> Candidates =>
        new[] { Triples(), Lists(), Pairs(), Maps(), Distributions() }.SelectMany(found => found);

    private bool IsSegmenting => outputs.Any(output => output.Shape is [MaskCoefficients, > 4, > 4]);

    private IEnumerable<DetectorDescription> Lists()
    {
        foreach (var output in outputs.Where(output => output.Shape.Count == 2))
        {
            var (first, last) = (output.Shape[0], output.Shape[1]);
            if (FinalColumns(output) is { } columns)
            {
                var boxes = Plane.Of(output, false).SkipChannels(columns[0]).TakeChannels(4);
                yield return Boxed(OutputLayout.EndToEnd, boxes, isTransposed: false, output) with { Columns = columns };
                continue;
            }

            // Where both dimensions could be rows, there are more anchors than values.
            var found = new[] { (IsTransposed: false, Length: last, Anchors: first), (IsTransposed: true, Length: first, Anchors: last) }
                .OrderByDescending(way => way.Anchors)
                .Select(way => List(output, way.IsTransposed, way.Length))
                .FirstOrDefault(description => description is not null);
            if (found is not null)
            {
                yield return found;
            }
        }
    }

    private DetectorDescription? List(OutputTensor output, bool isTransposed, int length)
    {
        var plane = Plane.Of(output, isTransposed);
        var (withObjectness, without) = (length - 5 - _classes, length - 4 - _classes);
        var boxes = length > 4 ? plane.TakeChannels(4) : default;
        if (withObjectness == 0 || (withObjectness == MaskCoefficients && IsSegmenting && !isTransposed))
        {
            var scores = ScoresOf(plane.SkipChannels(4));
            var cells = IsWanted(OutputLayout.Grid) ? Cells.Find(plane.Anchors, canvas) : null;
            return cells is not null && ProbeValues.AreOffsets(boxes, cells, canvas)
                ? Basic(OutputLayout.Grid, output) with { IsTransposed = isTransposed, Scores = scores }
                : Boxed(OutputLayout.Rows, boxes, isTransposed, output) with { Scores = scores };
        }

        var isKeyPoints = without is > 0 and <= MostKeyPointValues && isTransposed && plane.Anchors > length
            && (without % 3 == 0 || without % 2 == 0) && _classes < MaskCoefficients;
        if (without == 0 || (without == MaskCoefficients && IsSegmenting) || (isKeyPoints && IsWanted(OutputLayout.Classes)))
        {
            return Boxed(OutputLayout.Classes, boxes, isTransposed, output) with
            {
                Scores = ScoresOf(plane.SkipChannels(4).TakeChannels(_classes)),
                IsFinal = family?.IsFinal ?? (!isTransposed && plane.Anchors <= MostQueries && ProbeValues.AreNormalized(boxes)),
            };
        }

        // One output of all strides with the classes first, as NanoDet-Plus has it.
        return !isTransposed && IsDistribution(length - _classes) && Cells.Find(plane.Anchors, canvas) is not null
            ? Basic(OutputLayout.Distribution, output) with
            {
                Scores = ScoresOf(plane.TakeChannels(_classes)),
                AreClassesFirst = true,
            }
            : null;
    }

    /// <summary>Where box, score and class are in rows of final detections; null where they are none.</summary>
    private int[]? FinalColumns(OutputTensor output)
    {
        if (output.Shape[1] is not (6 or 7) || output.Shape[0] > MostFinalRows || !IsWanted(OutputLayout.EndToEnd))
        {
            return null;
        }

        var rows = Plane.Of(output, false);
        int[][] ways = output.Shape[1] == 6 ? [[0, 4, 5], [2, 1, 0]] : [[1, 6, 5], [1, 5, 6], [3, 2, 1]];
        return ways.FirstOrDefault(way =>
            ProbeValues.AreWithin(Channel(way[1]), 0, 1)
            && ProbeValues.AreWhole(Channel(way[2]))
            && ProbeValues.AreWithin(Channel(way[2]), -1, Math.Max(_classes, categoryIds[^1])));

        Plane Channel(int index) => rows.SkipChannels(index).TakeChannels(1);
    }

    private IEnumerable<DetectorDescription> Triples()
    {
        var labelled = new LabelledBoxes(outputs, categoryIds);
        foreach (var (boxes, scores, labels) in labelled.Candidates())
        {
            if (IsWanted(OutputLayout.BoxesScoresLabels) && labelled.NumberingOf(scores, labels) is var (background, isById))
            {
                // Which of the corners comes first is not seen from values; TensorFlow's exporters name their boxes so.
                var described = Boxed(OutputLayout.BoxesScoresLabels, Plane.Of(boxes, false), isTransposed: false, boxes, scores, labels);
                yield return described with
                {
                    Background = request.Background ?? background,
                    IsByCategoryId = request.Background is null && isById,
                    Boxes = request.Boxes
                        ?? (boxes.Name.StartsWith("detection_boxes", StringComparison.Ordinal) ? BoxForm.CornersYx : described.Boxes),
                };
            }
        }
    }

    private IEnumerable<DetectorDescription> Pairs()
    {
        foreach (var boxes in outputs.Where(output => output.Shape.Count == 2 && output.Shape.Contains(4)))
        {
            var isTransposed = boxes.Shape[1] != 4;
            var anchors = boxes.Shape[isTransposed ? 1 : 0];
            foreach (var scores in outputs.Where(output =>
                output != boxes && output.Shape.Count == 2 && output.Shape[isTransposed ? 1 : 0] == anchors))
            {
                if (Pair(boxes, scores, isTransposed) is { } description)
                {
                    yield return description;
                }
            }
        }
    }

    private DetectorDescription? Pair(OutputTensor boxes, OutputTensor scores, bool isTransposed)
    {
        var (box, classes) = (Plane.Of(boxes, isTransposed), Plane.Of(scores, isTransposed));
        var highest = categoryIds[^1];
        var isById = classes.Channels > _classes + 1 && (classes.Channels == highest + 1 || classes.Channels == highest + 2);
        if (classes.Channels != _classes && classes.Channels != _classes + 1 && !isById)
        {
            return null;
        }

        var isDistribution = ProbeValues.AreWithin(classes, 0, 1) && ProbeValues.SumToOne(classes);
        var hasBackground = classes.Channels == _classes + 1 || classes.Channels == highest + 2;
        var background = request.Background
            ?? (!hasBackground ? BackgroundClass.None
                : !isById && ProbeValues.Mean(classes, 0) > ProbeValues.Mean(classes, classes.Channels - 1) ? BackgroundClass.First
                : BackgroundClass.Last);
        var isQueries = box.Anchors <= MostQueries && background != BackgroundClass.First && ProbeValues.AreNormalized(box);
        var described = Boxed(OutputLayout.BoxesScores, box, isTransposed, boxes, scores);
        return described with
        {
            Background = background,
            IsByCategoryId = isById,
            Scores = request.Scores
                ?? (isDistribution || ProbeValues.AreWithin(classes, 0, 1) ? ScoreForm.Probabilities
                    : background == BackgroundClass.None ? ScoreForm.Logits : ScoreForm.Softmax),
            IsFinal = family?.IsFinal ?? isQueries,
            Input = InputOf(
                background == BackgroundClass.First && _classes == 1 && described.IsNormalized ? "ultraface"
                    : isQueries && described is { Boxes: BoxForm.Centre, Background: BackgroundClass.Last } ? "detr" : "ssd"),
        };
    }

    private IEnumerable<DetectorDescription> Maps()
    {
        var length = 5 + _classes;
        OutputTensor[] grids = [.. outputs.Where(output => output.Shape is [var channels, > 1, > 1] && channels == length)];
        OutputTensor[] anchors =
        [
            .. outputs.Where(output => output.Shape is [_, > 1, > 1, var last] && last == length),
            .. outputs.Where(output =>
                output.Shape is [var channels, > 1, > 1] && channels % length == 0 && channels / length is > 1 and <= MostAnchors),
        ];
        if (grids.Length == 1 && IsWanted(OutputLayout.Cells) && request.Layout is not "grid")
        {
            yield return Basic(OutputLayout.Cells, grids);
        }
        else if (grids.Length > 0 && IsWanted(OutputLayout.Grid))
        {
            yield return Basic(OutputLayout.Grid, Finest(grids)) with { Scores = ScoresOf(Plane.Of(grids[0], true).SkipChannels(4)) };
        }

        if (anchors.Length > 0)
        {
            yield return Basic(OutputLayout.Anchors, Finest(anchors)) with
            {
                Scores = request.Scores ?? ScoreForm.Logits,
                Anchors = request.Anchors.Count > 0 ? request.Anchors : family?.Anchors ?? [],
            };
        }
    }

    private IEnumerable<DetectorDescription> Distributions()
    {
        OutputTensor[] joined =
            [.. outputs.Where(output => output.Shape is [var channels, > 1, > 1] && IsDistribution(channels - _classes))];
        OutputTensor[] scores = [.. Finest(outputs.Where(output => Channels(output) == _classes && HasStride(output)))];
        OutputTensor[] boxes =
            [.. Finest(outputs.Where(output => !scores.Contains(output) && IsDistribution(Channels(output)) && HasStride(output)))];
        if (joined.Length > 1)
        {
            yield return Basic(OutputLayout.Distribution, Finest(joined)) with { Scores = request.Scores ?? ScoreForm.Logits };
        }
        else if (scores.Length > 0 && scores.Select(CellsOf).SequenceEqual(boxes.Select(CellsOf)))
        {
            yield return Basic(OutputLayout.Distribution, [.. scores, .. boxes]) with
            {
                Scores = ScoresOf(Plane.Of(scores[0], scores[0].Shape.Count > 2)),
            };
        }

        static int CellsOf(OutputTensor output) => output.Values.Length / Channels(output);
        static int Channels(OutputTensor output) => output.Shape.Count == 3 ? output.Shape[0] : output.Shape[^1];
        bool HasStride(OutputTensor output) =>
            output.Shape.Count == 3 || (output.Shape.Count == 2 && Cells.Find(output.Shape[0], canvas) is not null);
    }

    private static OutputTensor[] Finest(IEnumerable<OutputTensor> tensors) => [.. tensors.OrderByDescending(tensor => tensor.Values.Length)];

    private static bool IsDistribution(int channels) => channels % 4 == 0 && channels / 4 is >= FewestBins and <= 64;

    private bool IsWanted(OutputLayout layout) =>
        request.Layout is null || (family?.Layouts.Contains(layout) ?? DetectorRecognition.NameOf(layout) == request.Layout);

    private DetectorDescription Boxed(OutputLayout layout, Plane boxes, bool isTransposed, params OutputTensor[] used) =>
        Basic(layout, used) with
        {
            IsTransposed = isTransposed,
            IsNormalized = request.IsNormalized ?? ProbeValues.AreNormalized(boxes),
            Boxes = request.Boxes
                ?? (layout is OutputLayout.EndToEnd or OutputLayout.BoxesScoresLabels || (layout != OutputLayout.Rows && ProbeValues.AreCorners(boxes))
                    ? BoxForm.Corners
                    : BoxForm.Centre),
        };

    private DetectorDescription Basic(OutputLayout layout, params OutputTensor[] used) => new()
    {
        Layout = layout,
        Outputs = [.. used.Select(output => output.Name)],
        Input = InputOf(layout switch
        {
            OutputLayout.Grid => "yolox",
            OutputLayout.Cells => "fastestdet",
            OutputLayout.Distribution when used.Length > 1 && used[0].Shape.Count == 3 && used.Length <= 4 => "yolov8",
            OutputLayout.Distribution => used.Length == 2 * PicoDetStrides ? "picodet" : "nanodet",
            _ => "yolov8",
        }),
    };

    private InputDescription InputOf(string usual)
    {
        var input = (family ?? DetectorFamilies.All[usual]).Input;
        return request.Input ?? (request.TakesLevels ? input with { Scale = 1, Mean = [], Deviation = [] } : input);
    }

    private ScoreForm ScoresOf(Plane scores) =>
        request.Scores ?? (ProbeValues.AreWithin(scores, -1e-3f, 1.001f) ? ScoreForm.Probabilities : ScoreForm.Logits);
}
