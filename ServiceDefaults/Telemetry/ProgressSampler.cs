using OpenTelemetry.Trace;

namespace QatPipeline.ServiceDefaults.Telemetry;

/// <summary>Samples everything but the delivery of progress messages, which would bury a long run's trace, and health probes.</summary>
internal sealed class ProgressSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name.Contains("progress", StringComparison.OrdinalIgnoreCase)
            ? new SamplingResult(SamplingDecision.Drop)
            : new SamplingResult(SamplingDecision.RecordAndSample);
}
