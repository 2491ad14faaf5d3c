namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>What every anchor is to learn.</summary>
/// <param name="Positive">[B,A] bool: the anchor has an object.</param>
/// <param name="Object">[B,A] int64: which of its image's objects; 0 for background.</param>
/// <param name="Classes">[B,A] int64: its class; 0 for background.</param>
/// <param name="Boxes">[B,A,4]: its corners in pixels; arbitrary for background.</param>
/// <param name="Scores">[B,A,K]: target scores, zero but for the assigned class.</param>
internal sealed record Assignment(Tensor Positive, Tensor Object, Tensor Classes, Tensor Boxes, Tensor Scores) : IDisposable
{
    public void Dispose()
    {
        Positive.Dispose();
        Object.Dispose();
        Classes.Dispose();
        Boxes.Dispose();
        Scores.Dispose();
    }

    /// <summary>Detaches the tensors from the current dispose scope into the one around it.</summary>
    internal Assignment MoveOut()
    {
        foreach (var tensor in new[] { Positive, Object, Classes, Boxes, Scores })
        {
            tensor.MoveToOuterDisposeScope();
        }

        return this;
    }

    /// <summary>All anchors are background.</summary>
    internal static Assignment None(Tensor scores)
    {
        var (batch, anchors) = (scores.shape[0], scores.shape[1]);
        var device = scores.device;
        return new Assignment(
            zeros([batch, anchors], @bool, device),
            zeros([batch, anchors], int64, device),
            zeros([batch, anchors], int64, device),
            zeros([batch, anchors, 4], float32, device),
            zeros_like(scores));
    }
}
