namespace QatPipeline.Quantization.Calibration;

/// <summary>What one method chose.</summary>
/// <param name="Method">The method.</param>
/// <param name="Amax">The bound of the range, in the tensor's unit.</param>
/// <param name="Bin">The histogram bin the choice fell on; null where the method uses none.</param>
/// <param name="Objective">What the method minimised there: nats (entropy) or mean squared error (mse); null otherwise.</param>
public sealed record CalibrationResult(CalibrationMethod Method, float Amax, int? Bin = null, double? Objective = null);
