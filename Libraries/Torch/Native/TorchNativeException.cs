using QatPipeline.Foundation;

namespace QatPipeline.Torch.Native;

/// <summary>LibTorch's native libraries cannot be found, read, adapted or loaded. The message names the file and the remedy.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What a library or the file system said, if it was one of them.</param>
public sealed class TorchNativeException(string message, Exception? innerException = null) : InputException(message, innerException);
