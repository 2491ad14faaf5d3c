namespace QatPipeline.Torch.Training;

/// <summary>Where a training stands after a step.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Images">Of the step just done, in the shares of all ranks.</param>
/// <param name="LearningRate">Of the step just done.</param>
/// <param name="Loss">Sum of the items.</param>
/// <param name="Items">Weighted loss terms by name.</param>
/// <param name="ImagesPerSecond">Since this run started, evaluations not counted.</param>
/// <param name="Remaining">Estimated time of the remaining steps.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int StepsPerEpoch,
    int Images,
    double LearningRate,
    double Loss,
    IReadOnlyDictionary<string, double> Items,
    double ImagesPerSecond,
    TimeSpan Remaining);
