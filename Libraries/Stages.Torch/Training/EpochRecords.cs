using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Detectors;

namespace QatPipeline.Stages.Torch.Training;

internal static class EpochRecords
{
    /// <summary>An epoch, from the loss items of its steps and the AP at its end, where it was measured.</summary>
    public static EpochRecord Of(int epoch, IReadOnlyList<IReadOnlyDictionary<string, double>> steps, MeasuredGraph? measured) => new(
        epoch,
        steps[0].Keys.ToDictionary(item => item, item => steps.Average(step => step[item])),
        measured?.SelectionAp,
        measured?.ValidationAp);
}
