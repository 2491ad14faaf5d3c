using QatPipeline.Foundation;

namespace QatPipeline.TrtexecSupport;

/// <summary>What trtexec would complain of.</summary>
internal sealed class StandInException(string message) : InputException(message);
