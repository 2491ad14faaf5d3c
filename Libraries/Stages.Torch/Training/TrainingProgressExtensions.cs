using QatPipeline.Runs.Execution;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Training;

internal static class TrainingProgressExtensions
{
    /// <summary>A step of a training as a stage tells it: how far, losses, rate, time left.</summary>
    public static StageProgress ToStageProgress(this TrainingProgress value, string activity)
    {
        var figures = new Dictionary<string, double>(value.Items)
        {
            ["loss"] = value.Loss,
            ["images/s"] = value.ImagesPerSecond,
            ["secondsLeft"] = value.Remaining.TotalSeconds,
        };
        return new StageProgress(
            activity, ((long)value.Epoch * value.StepsPerEpoch) + value.Step, (long)value.Epochs * value.StepsPerEpoch, figures);
    }
}
