namespace QatPipeline.Torch.Execution;

/// <summary>
/// A graph that cannot be run, calibrated or trained. The message names the node or tensor and, where there is one, the remedy.
/// </summary>
public sealed class TorchExecutionException : Exception
{
    /// <inheritdoc/>
    public TorchExecutionException()
    {
    }

    /// <inheritdoc/>
    public TorchExecutionException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public TorchExecutionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
