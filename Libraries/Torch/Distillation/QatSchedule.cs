using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Distillation;

/// <summary>Step sizes over a training: a linear rise, then half a cosine down to a final share.</summary>
internal sealed class QatSchedule(QatOptions options) : ITrainingSchedule
{
    public StepValues At(StepPosition position)
    {
        var share = ShareAt(position.Index, position.Total);
        var rate = options.LearningRate * share;
        return new StepValues(rate, rate, options.RangeLearningRate * share, options.Momentum, Accumulation: 1);
    }

    private double ShareAt(long step, long total)
    {
        var warmup = options.WarmupSteps > step ? (step + 1.0) / (options.WarmupSteps + 1) : 1;
        var cosine = (1 + Math.Cos(Math.PI * step / total)) / 2;
        return warmup * (options.FinalLearningRate + ((1 - options.FinalLearningRate) * cosine));
    }
}
