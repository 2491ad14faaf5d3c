namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>Decides which anchor learns which object, and how strongly.</summary>
internal interface IAssigner
{
    /// <param name="scores">[B,A,K] class probabilities; taken without gradient.</param>
    /// <param name="boxes">[B,A,4] predicted corners in pixels; taken without gradient.</param>
    /// <param name="targets">The objects.</param>
    /// <param name="grid">The anchors, A of them.</param>
    Assignment Assign(Tensor scores, Tensor boxes, DetectionTargets targets, AnchorGrid grid);
}
