namespace QatPipeline.Synthetic;

/// <summary>
/// The object classes: outlines within the unit circle. Several are hard to tell apart when small, blurred or half hidden.
/// </summary>
internal static class ShapeCatalog
{
    private static readonly (string Name, Func<SKPath> Outline)[] Shapes =
    [
        ("disc", () => Circles(1)),
        ("ring", () => Circles(1, 0.55f)),
        ("square", () => Polygon(4, 1, 1, 45)),
        ("hexagon", () => Polygon(6, 1, 1, 0)),
        ("triangle", () => Polygon(3, 1, 1, -90)),
        ("star", () => Polygon(10, 1, 0.45f, -90)),
        ("cross", () => Bars(0.34f)),
        ("bar", () => Rectangle(0.95f, 0.3f)),
        ("crescent", Crescent),
        ("arrow", Arrow),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Shapes.Select(shape => shape.Name)];

    /// <summary>The outline of a class, owned by the caller.</summary>
    public static SKPath Outline(int shape) => Shapes[shape].Outline();

    private static SKPath Circles(params float[] radii)
    {
        var path = new SKPath { FillType = SKPathFillType.EvenOdd };
        foreach (var radius in radii)
        {
            path.AddCircle(0, 0, radius);
        }

        return path;
    }

    // Corners alternate between the two radii: equal radii give a regular polygon, others a star.
    private static SKPath Polygon(int corners, float outer, float inner, double startDegrees)
    {
        var points = new SKPoint[corners];
        for (var i = 0; i < corners; i++)
        {
            var angle = (startDegrees + (360.0 * i / corners)) * Math.PI / 180;
            var radius = i % 2 == 0 ? outer : inner;
            points[i] = new SKPoint(radius * (float)Math.Cos(angle), radius * (float)Math.Sin(angle));
        }

        return Closed(points);
    }

    private static SKPath Rectangle(float halfWidth, float halfHeight)
    {
        var path = new SKPath();
        path.AddRect(new SKRect(-halfWidth, -halfHeight, halfWidth, halfHeight));
        return path;
    }

    private static SKPath Bars(float half) => Closed(
        new(-half, -1), new(half, -1), new(half, -half), new(1, -half), new(1, half), new(half, half),
        new(half, 1), new(-half, 1), new(-half, half), new(-1, half), new(-1, -half), new(-half, -half));

    private static SKPath Arrow() => Closed(
        new(-1, -0.22f), new(0.1f, -0.22f), new(0.1f, -0.65f), new(1, 0), new(0.1f, 0.65f), new(0.1f, 0.22f), new(-1, 0.22f));

    private static SKPath Crescent()
    {
        using var full = Circles(1);
        using var bite = new SKPath();
        bite.AddCircle(0.5f, 0, 0.8f);
        return full.Op(bite, SKPathOp.Difference);
    }

    private static SKPath Closed(params SKPoint[] points)
    {
        var path = new SKPath();
        path.AddPoly(points, close: true);
        return path;
    }
}
