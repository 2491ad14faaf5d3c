using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Detections;

/// <summary>One detected object.</summary>
/// <param name="ImageId">The image it is in.</param>
/// <param name="CategoryId">The category's id, not its class index.</param>
/// <param name="Box">Pixels of the original image.</param>
/// <param name="Score">Confidence; only its order matters to the evaluator.</param>
public readonly record struct Detection(long ImageId, long CategoryId, CocoBox Box, double Score)
{
    /// <summary>As COCO result files hold it: box rounded to 3 decimals, score to 5 (reference 8.5).</summary>
    public Detection Rounded() => this with
    {
        Box = new CocoBox(Math.Round(Box.X, 3), Math.Round(Box.Y, 3), Math.Round(Box.Width, 3), Math.Round(Box.Height, 3)),
        Score = Math.Round(Score, 5),
    };
}
