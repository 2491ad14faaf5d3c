namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>YOLOv6-Lite-S, whose depthwise convolutions, HardSwish and gates stay float between its layers on integers.</summary>
public sealed class CalibratedLite() : CalibratedSample(
    "yolov6lite-coco.yaml", (data, count) => data with { Limit = count }, images: 2, placed: true)
{
    /// <inheritdoc/>
    public override ValueTask InitializeAsync() => TestData.IsAvailable ? base.InitializeAsync() : ValueTask.CompletedTask;
}
