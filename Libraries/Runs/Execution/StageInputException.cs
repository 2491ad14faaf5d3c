using QatPipeline.Foundation;

namespace QatPipeline.Runs.Execution;

/// <summary>A stage cannot start or finish with what it was given; the message names the artifact and the remedy.</summary>
public sealed class StageInputException(string message) : InputException(message);
