using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>The same detections as the outputs of networks that differ in their layout only.</summary>
internal sealed class LayoutSamples
{
    public const int Size = 64;
    public const int Classes = 5;

    private const int Bins = 16;
    private static readonly int[] Strides = [8, 16, 32];

    private readonly float[][] _boxes;
    private readonly float[][] _probabilities;
    private readonly (int X, int Y, int Stride)[] _cells;

    public LayoutSamples(int seed)
    {
        var random = new Random(seed);
        _cells = [.. Strides.SelectMany(stride => Enumerable.Range(0, Size / stride * (Size / stride))
            .Select(cell => (cell % (Size / stride), cell / (Size / stride), stride)))];

        // Distances in whole strides from the cell's centre, at least one: every layout can express them.
        _boxes = [.. _cells.Select(cell =>
        {
            var (x, y) = ((cell.X + 0.5f) * cell.Stride, (cell.Y + 0.5f) * cell.Stride);
            float Distance() => cell.Stride * random.Next(1, 3);
            return new[] { x - Distance(), y - Distance(), x + Distance(), y + Distance() };
        })];
        _probabilities = [.. _cells.Select(_ =>
            Enumerable.Range(0, Classes).Select(_ => random.Next(12) == 0 ? 0.2f + (0.6f * random.NextSingle()) : 0.001f).ToArray())];
    }

    public static long[] CategoryIds { get; } = [1, 2, 5, 7, 90];

    /// <summary>Every layout's outputs by a name for the test's message.</summary>
    public IEnumerable<(string Name, OutputLayout Layout, OutputTensor[] Outputs)> All()
    {
        yield return ("rows with objectness", OutputLayout.Rows, [Rows("out", row => [.. Centre(row), 1, .. _probabilities[row]])]);
        yield return (
            "columns with objectness",
            OutputLayout.Rows,
            [Transposed(Rows("out", row => [.. Centre(row), 1, .. _probabilities[row]]))]);
        yield return (
            "rows of parts",
            OutputLayout.Rows,
            [Rows("out", row => [.. Centre(row).Select(value => value / Size), 1, .. _probabilities[row]])]);
        yield return (
            "columns without objectness",
            OutputLayout.Classes,
            [Transposed(Rows("out", row => [.. Centre(row), .. _probabilities[row]]))]);
        yield return ("rows without objectness", OutputLayout.Classes, [Rows("out", row => [.. Centre(row), .. _probabilities[row]])]);
        yield return ("corners without objectness", OutputLayout.Classes, [Rows("out", row => [.. _boxes[row], .. _probabilities[row]])]);
        yield return (
            "masks",
            OutputLayout.Classes,
            [
                Transposed(Rows("out", row => [.. Centre(row), .. _probabilities[row], .. new float[32]])),
                new OutputTensor("protos", [1, 32, 16, 16], new float[32 * 256]),
            ]);
        yield return (
            "boxes and scores",
            OutputLayout.BoxesScores,
            [Rows("boxes", row => _boxes[row]), Rows("scores", row => _probabilities[row])]);
        yield return ("scores before boxes", OutputLayout.BoxesScores, [Rows("scores", row => _probabilities[row]), Rows("boxes", Centre)]);
        yield return (
            "boxes and logits", OutputLayout.BoxesScores, [Rows("boxes", row => _boxes[row]), Rows("scores", row => [.. _probabilities[row].Select(Logit)])]);
        yield return ("grid", OutputLayout.Grid, [Rows("out", row => [.. Grid(row), 1, .. _probabilities[row]])]);
        yield return ("grid of logits", OutputLayout.Grid, [Rows("out", row => [.. Grid(row), 20, .. _probabilities[row].Select(Logit)])]);
        yield return (
            "distributions of each stride",
            OutputLayout.Distribution,
            [
                .. Strides.Select(stride => Rows($"scores{stride}", row => _probabilities[row], stride)),
                .. Strides.Select(stride => Rows($"distances{stride}", Distances, stride)),
            ]);
        yield return (
            "distributions after classes", OutputLayout.Distribution, [Rows("out", row => [.. _probabilities[row], .. Distances(row)])]);
        yield return (
            "distributions in maps",
            OutputLayout.Distribution,
            [.. Strides.Select(stride => Map(Rows($"map{stride}", row => [.. Distances(row), .. _probabilities[row].Select(Logit)], stride), stride))]);
        yield return ("grid in maps", OutputLayout.Grid, [.. Strides.Select(stride =>
            Map(Rows($"map{stride}", row => [.. Grid(row), 20, .. _probabilities[row].Select(Logit)], stride), stride))]);
    }

    /// <summary>Final detections in three outputs: with and without a dimension for images, in any order, named or not, filled up.</summary>
    /// <param name="found">The detections.</param>
    /// <param name="label">What a detection's class is called.</param>
    public static IEnumerable<(string Way, OutputTensor[] Outputs)> Labelled(
        IReadOnlyList<Detection> found, Func<Detection, long> label)
    {
        float[] boxes = [.. found.SelectMany(Corners)];
        float[] scores = [.. found.Select(detection => (float)detection.Score)];
        float[] labels = [.. found.Select(detection => (float)label(detection))];
        var count = found.Count;
        yield return ("torchvision", [new("boxes", [count, 4], boxes), new("labels", [count], labels), new("scores", [count], scores)]);
        yield return (
            "with a batch", [new("b", [1, count, 4], boxes), new("1", [1, count], labels), new("2", [1, count], scores)]);
        yield return (
            "filled up, counted",
            [
                new("num_dets", [1, 1], new float[] { count }),
                new("det_boxes", [1, count + 9, 4], (float[])[.. boxes, .. new float[36]]),
                new("det_scores", [1, count + 9], (float[])[.. scores, .. new float[9]]),
                new("det_classes", [1, count + 9], (float[])[.. labels, .. Enumerable.Repeat(-1f, 9)]),
            ]);
        yield return (
            "TensorFlow",
            [
                new("detection_boxes", [1, count, 4], (float[])[.. found.SelectMany(detection => Corners(detection) is var box
                    ? new[] { box[1] / Size, box[0] / Size, box[3] / Size, box[2] / Size } : [])]),
                new("detection_classes", [1, count], labels),
                new("detection_scores", [1, count], scores),
                new("num_detections", [1], new float[] { count }),
            ]);
    }

    private static float[] Corners(Detection detection) =>
    [
        (float)detection.Box.X, (float)detection.Box.Y,
        (float)(detection.Box.X + detection.Box.Width), (float)(detection.Box.Y + detection.Box.Height),
    ];

    private float[] Centre(int row)
    {
        var box = _boxes[row];
        return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]];
    }

    private float[] Grid(int row)
    {
        var (box, cell) = (Centre(row), _cells[row]);
        float[] values =
        [
            (box[0] / cell.Stride) - cell.X, (box[1] / cell.Stride) - cell.Y, MathF.Log(box[2] / cell.Stride), MathF.Log(box[3] / cell.Stride),
        ];
        return values;
    }

    private float[] Distances(int row)
    {
        var (box, cell) = (_boxes[row], _cells[row]);
        var (x, y) = ((cell.X + 0.5f) * cell.Stride, (cell.Y + 0.5f) * cell.Stride);
        return [.. new[] { x - box[0], y - box[1], box[2] - x, box[3] - y }.SelectMany(distance =>
            Enumerable.Range(0, Bins).Select(bin => bin == (int)(distance / cell.Stride) ? 40f : 0f))];
    }

    private OutputTensor Rows(string name, Func<int, float[]> row, int stride = 0)
    {
        float[][] rows = [.. Enumerable.Range(0, _cells.Length).Where(index => stride == 0 || _cells[index].Stride == stride).Select(row)];
        return new OutputTensor(name, [1, rows.Length, rows[0].Length], rows.SelectMany(values => values).ToArray());
    }

    private static OutputTensor Transposed(OutputTensor rows)
    {
        var (count, length) = (rows.Shape[1], rows.Shape[2]);
        var values = rows.Values.ToArray();
        return new OutputTensor(
            rows.Name,
            [1, length, count],
            Enumerable.Range(0, length * count).Select(index => values[(index % count * length) + (index / count)]).ToArray());
    }

    private static OutputTensor Map(OutputTensor rows, int stride) =>
        Transposed(rows) with { Shape = [1, rows.Shape[2], Size / stride, Size / stride] };

    private static float Logit(float probability) => MathF.Log(probability / (1 - probability));
}
