namespace QatPipeline.Detectors.Outputs;

/// <summary>A class of an anchor that is confident enough, with the anchor's corners in canvas pixels.</summary>
internal readonly record struct Candidate(int Class, float Score, float X1, float Y1, float X2, float Y2)
{
    /// <summary>Distance that keeps boxes of different classes from meeting in one pass of suppression.</summary>
    private const float ClassOffset = 4096;

    /// <summary>Overlap with another of its class, in float32 on offset coordinates as the reference computes it (8.5).</summary>
    public float Iou(Candidate other)
    {
        var offset = Class * ClassOffset;
        var (ax1, ay1, ax2, ay2) = (X1 + offset, Y1 + offset, X2 + offset, Y2 + offset);
        var (bx1, by1, bx2, by2) = (other.X1 + offset, other.Y1 + offset, other.X2 + offset, other.Y2 + offset);
        var width = MathF.Max(0, MathF.Min(ax2, bx2) - MathF.Max(ax1, bx1));
        var height = MathF.Max(0, MathF.Min(ay2, by2) - MathF.Max(ay1, by1));
        var intersection = width * height;
        var union = ((ax2 - ax1) * (ay2 - ay1)) + ((bx2 - bx1) * (by2 - by1)) - intersection;
        return intersection / union;
    }
}
