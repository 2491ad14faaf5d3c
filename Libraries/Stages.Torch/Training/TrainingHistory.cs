namespace QatPipeline.Stages.Torch.Training;

/// <summary>training-history.json: loss and AP of every epoch.</summary>
/// <param name="Epochs">In order.</param>
/// <param name="BestEpoch">
/// 0-based; the last epoch whose AP on the calibration images is as good as the highest of any, within noise, or −1 where that is the graph
/// before training.
/// </param>
/// <param name="StartSelectionAp">AP of the graph before training on the calibration images.</param>
/// <param name="StartValidationAp">Its AP on the validation images.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochRecord> Epochs, int BestEpoch, double StartSelectionAp, double StartValidationAp);

/// <summary>One epoch.</summary>
/// <param name="Loss">Mean of each loss item over the epoch's steps.</param>
/// <param name="SelectionAp">AP on the calibration images, by which the epoch is chosen.</param>
/// <param name="ValidationAp">AP on the validation images.</param>
/// <param name="Epoch">0-based.</param>
public sealed record EpochRecord(int Epoch, IReadOnlyDictionary<string, double> Loss, double SelectionAp, double ValidationAp);
