using QatPipeline.Detectors.Outputs;

namespace QatPipeline.Detectors.Recognition;

/// <summary>A network's outputs for one picture.</summary>
/// <param name="outputs">All outputs of the pass.</param>
/// <param name="count">Images in the pass; the first is looked at.</param>
/// <param name="canvas">Height and width of the network's input.</param>
public sealed class DetectorProbe(IReadOnlyList<OutputTensor> outputs, int count, (int Height, int Width) canvas)
{
    /// <summary>Height and width of the network's input in pixels.</summary>
    public (int Height, int Width) Canvas => canvas;

    /// <summary>Whether the network found nothing, and gave nothing, in an output of its own length.</summary>
    public bool IsEmpty => Outputs.Any(output => output.Values.Length == 0);

    /// <summary>Whether an output has a dimension for images.</summary>
    internal bool HasBatch(string name) => outputs.First(output => output.Name == name).Shape.Count > 2;

    /// <summary>All outputs as they are, for messages.</summary>
    internal string Listing { get; } = string.Join(", ", outputs.Select(output => output.ToString()));

    /// <summary>The first image's part of every output.</summary>
    internal IReadOnlyList<OutputTensor> Outputs { get; } = OutputTensor.OfImage(outputs, 0, count);
}

/// <summary>What the values of a plane tell of their meaning.</summary>
internal static class ProbeValues
{
    // Networks are not exact: a few odd anchors decide nothing.
    private const double Nearly = 0.98;

    public static bool AreWithin(Plane plane, float low, float high) => All(plane, value => value >= low && value <= high);

    public static bool AreWhole(Plane plane) => All(plane, value => MathF.Abs(value - MathF.Round(value)) < 1e-4f);

    /// <summary>Whether widths and heights are none that a box can have.</summary>
    public static bool HaveNegativeSizes(Plane boxes) =>
        Share(boxes, box => box[2] >= 0 && box[3] >= 0) < Nearly;

    /// <summary>
    /// Whether boxes are relative to their cells: sizes are logarithms, which can be negative, and centres are small numbers that do not go
    /// along with the cells as parts of the canvas do.
    /// </summary>
    public static bool AreOffsets(Plane boxes, IReadOnlyList<Cells> strides, (int Height, int Width) canvas)
    {
        if (HaveNegativeSizes(boxes))
        {
            return true;
        }

        const float largestOffset = 5;
        const int nearStrides = 2;
        const double mostThatFollow = 0.8;
        var isSmall = Share(boxes, box => MathF.Abs(box[0]) <= largestOffset && MathF.Abs(box[1]) <= largestOffset) >= Nearly;
        var (start, following) = (0, 0);
        foreach (var cells in strides)
        {
            for (var anchor = 0; anchor < cells.Count; anchor++)
            {
                var box = boxes[start + anchor];
                var (x, y) = (box[0] * canvas.Width / cells.StrideX, box[1] * canvas.Height / cells.StrideY);
                following += MathF.Abs(x - cells.Column(anchor)) <= nearStrides && MathF.Abs(y - cells.Row(anchor)) <= nearStrides ? 1 : 0;
            }

            start += cells.Count;
        }

        return isSmall && following < mostThatFollow * boxes.Anchors;
    }

    /// <summary>Whether the numbers are corners; sizes would not always exceed centres.</summary>
    public static bool AreCorners(Plane boxes) => AreMostly(boxes, box => box[2] >= box[0] && box[3] >= box[1]);

    /// <summary>Whether boxes are parts of the canvas: pixels are no such small numbers. Zeros that fill a list up tell nothing.</summary>
    public static bool AreNormalized(Plane boxes) => AreMostly(boxes, IsSmall);

    /// <summary>Whether every anchor's numbers are a distribution.</summary>
    public static bool SumToOne(Plane scores) => Share(scores, lane =>
    {
        var sum = 0f;
        for (var channel = 0; channel < lane.Count; channel++)
        {
            sum += lane[channel];
        }

        return MathF.Abs(sum - 1) < 0.01f;
    }) >= Nearly;

    /// <summary>Mean of a channel over the anchors.</summary>
    public static double Mean(Plane plane, int channel)
    {
        var sum = 0.0;
        for (var anchor = 0; anchor < plane.Anchors; anchor++)
        {
            sum += plane[anchor][channel];
        }

        return sum / Math.Max(1, plane.Anchors);
    }

    private static bool AreMostly(Plane boxes, LaneTest holds)
    {
        var (zeros, held) = (Share(boxes, IsZero), Share(boxes, box => !IsZero(box) && holds(box)));
        return zeros < 1 && held >= Nearly * (1 - zeros);
    }

    private static bool IsZero(Lane box) => (box[0], box[1], box[2], box[3]) is (0, 0, 0, 0);

    private static bool IsSmall(Lane box)
    {
        const float largest = 2;
        return Math.Abs(box[0]) <= largest && Math.Abs(box[1]) <= largest && Math.Abs(box[2]) <= largest && Math.Abs(box[3]) <= largest;
    }

    private static bool All(Plane plane, Func<float, bool> holds) => Share(plane, lane =>
    {
        for (var channel = 0; channel < lane.Count; channel++)
        {
            if (!holds(lane[channel]))
            {
                return false;
            }
        }

        return true;
    }) >= 1;

    private static double Share(Plane plane, LaneTest holds)
    {
        var held = 0;
        for (var anchor = 0; anchor < plane.Anchors; anchor++)
        {
            held += holds(plane[anchor]) ? 1 : 0;
        }

        return plane.Anchors == 0 ? 1 : (double)held / plane.Anchors;
    }

    private delegate bool LaneTest(Lane lane);
}
