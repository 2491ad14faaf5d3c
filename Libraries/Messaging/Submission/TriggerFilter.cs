using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Foundation;
using QatPipeline.Messaging.Broker;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Submission;

/// <summary>
/// Turns plain JSON from any AMQP client into a request. What is not understood is answered by a <see cref="StageFailed"/> that says why,
/// and kept with its reason in the queue <see cref="PipelineTopology.RejectedTriggers"/>.
/// </summary>
internal sealed class TriggerFilter(Lazy<IBus> bus, RunStatusStore runs, DataRoots roots, TimeProvider time) : IFilter<ReceiveContext>
{
    private const int LargestTrigger = 1 << 20;

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var content = context.Body.GetBytes();
        try
        {
            var request = Parse(content);
            await Publication.OrHandBackAsync(token => bus.Value.SubmitAsync(request, token), context.CancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or InputException)
        {
            await RejectAsync(content, exception.Message, context.CancellationToken);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("trigger");

    private async Task RejectAsync(byte[] content, string reason, CancellationToken cancellationToken)
    {
        var kept = content.AsSpan(0, Math.Min(content.Length, LargestTrigger));
        var rejected = new RejectedTrigger(Encoding.UTF8.GetString(kept), reason, time.GetUtcNow());
        var queue = await bus.Value.GetSendEndpoint(new Uri($"queue:{PipelineTopology.RejectedTriggers}"));
        await Publication.OrHandBackAsync(token => queue.Send(rejected, token), cancellationToken);
        var failure = new StageFailed(
            RunIdIn(content), "", $"The trigger was not understood: {reason}",
            $"Send JSON as docs/messages-and-apis.md shows; what came is kept in the queue {PipelineTopology.RejectedTriggers}.",
            "BadTrigger", rejected.At);
        if (failure.RunId.Length > 0)
        {
            // So that it can be looked up as well; a run that has the name already stays as it is.
            await runs.ApplyAsync(failure, cancellationToken);
        }

        await Publication.OrHandBackAsync(token => bus.Value.Publish(failure, token), cancellationToken);
    }

    private PipelineRequested Parse(byte[] content)
    {
        if (content.Length > LargestTrigger)
        {
            throw new StageInputException($"a trigger may have {LargestTrigger} bytes at most, this has {content.Length}.");
        }

        var trigger = JsonSerializer.Deserialize<Trigger>(content, PipelineJson.Strict)
            ?? throw new StageInputException("it is null instead of an object with a specification.");
        var specification = RunSpecificationLoader.ParseSubmitted(
            trigger.Specification.GetRawText(), "the trigger's specification", roots);
        var artifacts = trigger.Artifacts ?? [];
        EventAdmission.CheckArtifacts(artifacts);
        return new PipelineRequested(trigger.RunId ?? RunId.Create(specification.Name, time), specification, artifacts);
    }

    // The answer should reach whoever asked, even where the rest is wrong.
    private static string RunIdIn(byte[] content)
    {
        if (content.Length > LargestTrigger)
        {
            return "";
        }

        try
        {
            return JsonNode.Parse(content)?["runId"]?.GetValue<string>() is { } runId && RunId.IsValid(runId) ? runId : "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return "";
        }
    }

    private sealed record Trigger
    {
        public string? RunId { get; init; }

        public required JsonElement Specification { get; init; }

        public IReadOnlyList<ArtifactReference>? Artifacts { get; init; }
    }
}
