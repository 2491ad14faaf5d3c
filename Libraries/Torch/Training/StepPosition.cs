namespace QatPipeline.Torch.Training;

/// <summary>A step within a training.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Step">0-based, within the epoch.</param>
/// <param name="Epochs">Epochs of the training.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
public readonly record struct StepPosition(int Epoch, int Step, int Epochs, int StepsPerEpoch)
{
    /// <summary>0-based, counted from the start of the training.</summary>
    public long Index => ((long)Epoch * StepsPerEpoch) + Step;

    /// <summary>Steps of the whole training.</summary>
    public long Total => (long)Epochs * StepsPerEpoch;

    /// <summary>Whether an epoch ends with it.</summary>
    public bool EndsEpoch => Step + 1 == StepsPerEpoch;
}
