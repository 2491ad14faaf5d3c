using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Evaluation;

/// <summary>Overlap of boxes, in the order of operations of pycocotools, so that results agree to the last bit.</summary>
internal static class Overlap
{
    /// <summary>Intersection over union; against a crowd, over the detection's area.</summary>
    public static double Of(CocoBox detection, CocoBox truth, bool isCrowd)
    {
        var width = Math.Min(detection.Width + detection.X, truth.Width + truth.X) - Math.Max(detection.X, truth.X);
        if (width <= 0)
        {
            return 0;
        }

        var height = Math.Min(detection.Height + detection.Y, truth.Height + truth.Y) - Math.Max(detection.Y, truth.Y);
        if (height <= 0)
        {
            return 0;
        }

        var intersection = width * height;
        return intersection / (isCrowd ? detection.Area : detection.Area + truth.Area - intersection);
    }
}
