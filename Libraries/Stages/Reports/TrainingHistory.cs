namespace QatPipeline.Stages.Reports;

/// <summary>training-history.json: loss and AP of every epoch.</summary>
/// <param name="Epochs">In order.</param>
/// <param name="BestEpoch">
/// 0-based; the last epoch whose AP on the calibration images is as good as the highest of any, within noise, or −1 where that is the graph
/// before training.
/// </param>
/// <param name="StartSelectionAp">AP of the graph before training on the calibration images.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochRecord> Epochs, int BestEpoch, double StartSelectionAp);

/// <summary>float-training-history.json: loss and AP of every epoch of the float training.</summary>
/// <param name="HyperSearch">The epochs that found the scales; empty where they were given.</param>
/// <param name="Training">The epochs of the network itself.</param>
/// <param name="BestEpoch">0-based; the epoch whose averaged weights were kept: the highest AP on the calibration images.</param>
public sealed record FloatTrainingHistory(IReadOnlyList<EpochRecord> HyperSearch, IReadOnlyList<EpochRecord> Training, int BestEpoch);

/// <summary>One epoch.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Loss">Mean of each loss item over the epoch's steps.</param>
/// <param name="SelectionAp">AP on the calibration images, by which the epoch is chosen; null where it was not evaluated.</param>
public sealed record EpochRecord(int Epoch, IReadOnlyDictionary<string, double> Loss, double? SelectionAp);
