using QatPipeline.Foundation;

namespace QatPipeline.Quantization.Calibration;

/// <summary>A tensor cannot be calibrated; the message names it and says what to do.</summary>
public sealed class CalibrationException(string message) : InputException(message);
