namespace QatPipeline.Stages.Torch.Training;

/// <summary>float-training-history.json: loss and AP of every epoch of the float training.</summary>
/// <param name="HyperSearch">The epochs that found the scales; empty where they were given.</param>
/// <param name="Training">The epochs of the network itself.</param>
/// <param name="BestEpoch">0-based; the epoch whose averaged weights were kept: the highest AP on the calibration images.</param>
public sealed record FloatTrainingHistory(IReadOnlyList<FloatEpoch> HyperSearch, IReadOnlyList<FloatEpoch> Training, int BestEpoch);

/// <summary>One epoch.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Loss">Mean of each loss item over the epoch's steps.</param>
/// <param name="SelectionAp">AP on the calibration images; null where the epoch was not evaluated.</param>
/// <param name="ValidationAp">AP on the validation images; null where the epoch was not evaluated.</param>
public sealed record FloatEpoch(int Epoch, IReadOnlyDictionary<string, double> Loss, double? SelectionAp, double? ValidationAp);
