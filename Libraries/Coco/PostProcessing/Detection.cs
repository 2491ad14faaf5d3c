namespace QatPipeline.Coco;

/// <summary>One detected object.</summary>
/// <param name="ImageId">The image it is in.</param>
/// <param name="CategoryId">The category's id, not its class index.</param>
/// <param name="X">Left edge in pixels of the original image.</param>
/// <param name="Y">Top edge in pixels of the original image.</param>
/// <param name="W">Width in pixels.</param>
/// <param name="H">Height in pixels.</param>
/// <param name="Score">Confidence; only its order matters to the evaluator.</param>
public readonly record struct Detection(long ImageId, long CategoryId, double X, double Y, double W, double H, double Score)
{
    /// <summary>As COCO result files hold it: box rounded to 3 decimals, score to 5 (reference 8.5).</summary>
    public Detection Rounded() => this with
    {
        X = Math.Round(X, 3),
        Y = Math.Round(Y, 3),
        W = Math.Round(W, 3),
        H = Math.Round(H, 3),
        Score = Math.Round(Score, 5),
    };
}
