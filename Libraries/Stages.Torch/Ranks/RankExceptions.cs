using QatPipeline.Foundation;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>The processes of a training cannot be started, or cannot work with what they were given.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What the system said, if it was that.</param>
public sealed class RankException(string message, Exception? innerException = null) : InputException(message, innerException);

/// <summary>A process of a training is gone, or the machine failed it: what remains of the training is its last checkpoint.</summary>
/// <param name="message">Which, and where its log is.</param>
public sealed class RankLostException(string message) : IOException(message);
