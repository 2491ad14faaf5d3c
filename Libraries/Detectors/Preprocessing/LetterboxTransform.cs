namespace QatPipeline.Detectors.Preprocessing;

/// <summary>
/// Where an image lies on its canvas, and the way back for boxes (reference 8.5): subtract the pad, divide by the gain, clip.
/// </summary>
public sealed record LetterboxTransform(
    int OriginalWidth, int OriginalHeight, int ResizedWidth, int ResizedHeight, int Left, int Top,
    double PadX, double PadY, double GainX, double GainY)
{
    /// <summary>Plans an image's way onto a canvas.</summary>
    /// <param name="originalWidth">Width of the image in pixels.</param>
    /// <param name="originalHeight">Height of the image in pixels.</param>
    /// <param name="loadedWidth">Width after loading at the protocol's load size.</param>
    /// <param name="loadedHeight">Height after loading.</param>
    /// <param name="canvas">Height and width of the canvas.</param>
    /// <param name="protocol">Chooses pad and gain.</param>
    public static LetterboxTransform Plan(
        int originalWidth,
        int originalHeight,
        int loadedWidth,
        int loadedHeight,
        (int Height, int Width) canvas,
        EvaluationProtocol protocol)
    {
        var ratio = Math.Min(1, Math.Min((double)canvas.Height / loadedHeight, (double)canvas.Width / loadedWidth));
        var (width, height) = protocol.Placement == Placement.Stretch
            ? (canvas.Width, canvas.Height)
            : ((int)Math.Round(loadedWidth * ratio), (int)Math.Round(loadedHeight * ratio));
        var (padX, padY) = protocol.Placement == Placement.Centre
            ? ((canvas.Width - width) / 2.0, (canvas.Height - height) / 2.0)
            : (0, 0);
        var (left, top) = ((int)Math.Round(padX - 0.1), (int)Math.Round(padY - 0.1));
        var (gainX, gainY) = ((double)width / originalWidth, (double)height / originalHeight);
        return new LetterboxTransform(
            originalWidth,
            originalHeight,
            width,
            height,
            left,
            top,
            protocol.IntegerPad ? left : padX,
            protocol.IntegerPad ? top : padY,
            protocol.ExactGain || protocol.Placement == Placement.Stretch ? gainX : gainY,
            gainY);
    }

    /// <summary>Maps corners on the canvas to the original image, clipped to it.</summary>
    public (double X1, double Y1, double X2, double Y2) ToOriginal(double x1, double y1, double x2, double y2) =>
        (X(x1), Y(y1), X(x2), Y(y2));

    /// <summary>Maps corners on the original image to the canvas.</summary>
    public (double X1, double Y1, double X2, double Y2) ToCanvas(double x1, double y1, double x2, double y2) =>
        ((x1 * GainX) + PadX, (y1 * GainY) + PadY, (x2 * GainX) + PadX, (y2 * GainY) + PadY);

    private double X(double x) => Math.Clamp((x - PadX) / GainX, 0, OriginalWidth);

    private double Y(double y) => Math.Clamp((y - PadY) / GainY, 0, OriginalHeight);
}
