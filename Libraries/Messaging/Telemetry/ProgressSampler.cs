using OpenTelemetry.Trace;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Messaging.Delivery;

namespace QatPipeline.Messaging.Telemetry;

/// <summary>Samples everything but the deliveries of progress messages, which would bury a long run's trace.</summary>
internal sealed class ProgressSampler : Sampler
{
    // The bus names a span by exchange (with a prefix where it is in memory), queue or consumer, and what is done there.
    private static readonly HashSet<string> Deliveries =
    [
        $"{RabbitMqTopology.ExchangeOf(typeof(StageProgressed))} send",
        $"urn:message:{RabbitMqTopology.ExchangeOf(typeof(StageProgressed))} send",
        $"{ProgressConsumer.Queue} receive",
        $"{ProgressConsumer.Queue} process",
        $"{nameof(ProgressConsumer)} process",
    ];

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(Deliveries.Contains(samplingParameters.Name) ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
