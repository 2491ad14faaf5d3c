using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>Anchor points as tensors (reference 4.1). All in pixels.</summary>
internal sealed class AnchorGrid : IDisposable
{
    /// <summary>Side of the square around a point that ATSS measures overlap with, in strides.</summary>
    private const float CellSize = 5f;

    /// <param name="height">Input height in pixels, a multiple of the largest stride.</param>
    /// <param name="width">Input width, likewise.</param>
    /// <param name="strides">Strides of the levels in ascending order, in pixels.</param>
    /// <param name="device">Where the tensors live; the CPU if null.</param>
    public AnchorGrid(int height, int width, IReadOnlyList<int> strides, Device? device = null)
    {
        var anchors = new AnchorPoints(height, width, strides);
        LevelCounts = anchors.LevelCounts;
        using var scope = NewDisposeScope();
        Points = tensor(anchors.Points, [anchors.Strides.Length, 2], device: device).DetachFromDisposeScope();
        Strides = tensor(anchors.Strides, [anchors.Strides.Length, 1], device: device).DetachFromDisposeScope();
        var half = Strides * (CellSize * 0.5f);
        Squares = cat([Points - half, Points + half], 1).DetachFromDisposeScope();
    }

    /// <summary>Anchors of each level.</summary>
    public IReadOnlyList<int> LevelCounts { get; }

    /// <summary>A: anchors of all levels.</summary>
    public int Count => (int)Points.shape[0];

    /// <summary>[A,2]: x, y.</summary>
    public Tensor Points { get; }

    /// <summary>[A,1].</summary>
    public Tensor Strides { get; }

    /// <summary>[A,4]: corners of the squares of side 5 strides around the points.</summary>
    public Tensor Squares { get; }

    /// <summary>Boxes [B,A,4] (corners, in units of the stride) from distances [B,A,4] (left, top, right, bottom, likewise).</summary>
    public Tensor Decode(Tensor distances)
    {
        using var scope = NewDisposeScope();
        var centres = Points / Strides;
        var parts = distances.chunk(2, -1);
        return cat([centres - parts[0], centres + parts[1]], -1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Points.Dispose();
        Strides.Dispose();
        Squares.Dispose();
    }
}
