namespace QatPipeline.Torch.Training;

/// <summary>The file form of a training in progress: everything that an exact resume needs. Equal states give equal bytes.</summary>
public interface ICheckpointFormat
{
    /// <summary>Writes the state.</summary>
    void Save(TrainingState state, Stream stream);

    /// <summary>Takes over what was saved of the same network and options; the stream can seek.</summary>
    /// <exception cref="Foundation.InputException">It is damaged or does not fit.</exception>
    void Load(TrainingState state, Stream stream);
}
