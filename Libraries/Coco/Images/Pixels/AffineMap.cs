namespace QatPipeline.Coco.Images.Pixels;

/// <summary>x' = A·x + B·y + Tx, y' = C·x + D·y + Ty, in pixels.</summary>
internal readonly record struct AffineMap(double A, double B, double Tx, double C, double D, double Ty)
{
    /// <summary>The map back; all points go to one where this one is singular.</summary>
    public AffineMap Inverse()
    {
        var determinant = (A * D) - (B * C);
        var factor = determinant != 0 ? 1 / determinant : 0;
        var (a, b, c, d) = (D * factor, B * -factor, C * -factor, A * factor);
        return new AffineMap(a, b, (-a * Tx) - (b * Ty), c, d, (-c * Tx) - (d * Ty));
    }

    /// <summary>Where a point goes.</summary>
    public (double X, double Y) Apply(double x, double y) => ((A * x) + (B * y) + Tx, (C * x) + (D * y) + Ty);
}
