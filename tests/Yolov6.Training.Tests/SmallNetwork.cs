using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.Training.Tests;

/// <summary>A network small enough to be trained in a test.</summary>
internal static class SmallNetwork
{
    public static Yolov6Options Options { get; } = new()
    {
        WidthMultiple = 0.0625,
        DepthMultiple = 0.05,
        ClassCount = 3,
        InputHeight = 64,
        InputWidth = 64,
        Seed = 1,
    };
}
