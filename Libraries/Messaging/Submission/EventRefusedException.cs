using QatPipeline.Foundation;

namespace QatPipeline.Messaging.Submission;

/// <summary>An event is not let in. The run whose name it uses is not touched by that.</summary>
/// <param name="reason">The rule it breaks.</param>
public sealed class EventRefusedException(InputException reason) : InputException(reason.Message, reason);

/// <summary>The run id belongs to something else.</summary>
/// <param name="message">What has it, and what to do.</param>
public sealed class RunConflictException(string message) : InputException(message);
