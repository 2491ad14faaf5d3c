using QatPipeline.Foundation;

namespace QatPipeline.Detectors;

/// <summary>A model's input or outputs are not understood; the message says what they are and what to write.</summary>
public sealed class DetectorException(string message) : InputException(message);
