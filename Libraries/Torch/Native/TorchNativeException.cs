namespace QatPipeline.Torch.Native;

/// <summary>LibTorch's native libraries cannot be found, read, adapted or loaded. The message names the file and the remedy.</summary>
public sealed class TorchNativeException : Exception
{
    /// <inheritdoc/>
    public TorchNativeException()
    {
    }

    /// <inheritdoc/>
    public TorchNativeException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public TorchNativeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
