namespace QatPipeline.Yolov6.Training.Losses;

/// <summary>The measure of overlap that boxes are trained with (reference 4.6).</summary>
public enum BoxMetric
{
    /// <summary>Generalised IoU: the S model.</summary>
    Giou,

    /// <summary>SCYLLA IoU: the N and T models.</summary>
    Siou,
}

/// <summary>One minus a measure of overlap, between pairs of boxes (reference 4.6).</summary>
internal static class BoxLoss
{
    private const double Epsilon = 1e-10;

    /// <param name="predicted">[P,4] corners.</param>
    /// <param name="target">[P,4] corners.</param>
    /// <param name="metric">The measure.</param>
    /// <returns>[P].</returns>
    public static Tensor Of(Tensor predicted, Tensor target, BoxMetric metric)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (new Corners(predicted), new Corners(target));
        var width = minimum(a.X2, b.X2) - maximum(a.X1, b.X1);
        var height = minimum(a.Y2, b.Y2) - maximum(a.Y1, b.Y1);
        var intersection = width.clamp(min: 0) * height.clamp(min: 0);
        var union = (a.Width * a.Height) + (b.Width * b.Height) - intersection + Epsilon;
        var iou = intersection / union;
        var enclosingWidth = maximum(a.X2, b.X2) - minimum(a.X1, b.X1);
        var enclosingHeight = maximum(a.Y2, b.Y2) - minimum(a.Y1, b.Y1);
        var measured = metric == BoxMetric.Giou
            ? iou - Excess(union, (enclosingWidth * enclosingHeight) + Epsilon)
            : iou - ((Distance(a, b, enclosingWidth, enclosingHeight) + Shape(a, b)) * 0.5);
        return (1 - measured).MoveToOuterDisposeScope();
    }

    private static Tensor Excess(Tensor union, Tensor enclosing) => (enclosing - union) / enclosing;

    private static Tensor Distance(Corners a, Corners b, Tensor enclosingWidth, Tensor enclosingHeight)
    {
        var dx = ((b.X1 + b.X2 - a.X1 - a.X2) * 0.5) + Epsilon;
        var dy = ((b.Y1 + b.Y2 - a.Y1 - a.Y2) * 0.5) + Epsilon;
        var centres = (dx.square() + dy.square()).sqrt();
        var (alongX, alongY) = (dx.abs() / centres, dy.abs() / centres);
        var sine = where(alongX > Math.Sqrt(2) / 2, alongY, alongX);
        var angle = ((sine.arcsin() * 2) - (Math.PI / 2)).cos();
        var gamma = angle - 2;
        return 2 - (gamma * (dx / enclosingWidth).square()).exp() - (gamma * (dy / enclosingHeight).square()).exp();
    }

    private static Tensor Shape(Corners a, Corners b) => Side(a.Width, b.Width) + Side(a.Height, b.Height);

    private static Tensor Side(Tensor a, Tensor b) => (1 - ((a - b).abs() / maximum(a, b)).neg().exp()).pow(4);

    private sealed class Corners
    {
        public Corners(Tensor boxes)
        {
            var sides = boxes.unbind(-1);
            (X1, Y1, X2, Y2) = (sides[0], sides[1], sides[2], sides[3]);
            Width = X2 - X1;
            Height = Y2 - Y1 + Epsilon;
        }

        public Tensor X1 { get; }

        public Tensor Y1 { get; }

        public Tensor X2 { get; }

        public Tensor Y2 { get; }

        public Tensor Width { get; }

        public Tensor Height { get; }
    }
}
