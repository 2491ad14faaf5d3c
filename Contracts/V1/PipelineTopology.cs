namespace QatPipeline.Contracts.V1;

/// <summary>Names that programs outside this project use on the broker.</summary>
public static class PipelineTopology
{
    /// <summary>
    /// Fan-out exchange that takes a <see cref="PipelineRequested"/> as plain JSON from any AMQP client:
    /// <c>{"runId":"my-run","specification":{…}}</c>, the run id being optional.
    /// </summary>
    public const string TriggerExchange = "pipeline-requested";

    /// <summary>Queue of <see cref="RejectedTrigger"/>: what came to that exchange and was not understood.</summary>
    public const string RejectedTriggers = "pipeline-requested-rejected";
}
