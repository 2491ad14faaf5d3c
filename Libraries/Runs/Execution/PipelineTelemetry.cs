using System.Diagnostics;
using System.Diagnostics.Metrics;
using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>The pipeline's spans and metrics; stages start their own child spans (epochs, passes, builds) from the same source.</summary>
public static class PipelineTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "QatPipeline";

    /// <summary>Starts the pipeline's spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> StageSeconds =
        Meter.CreateHistogram<double>("qat.stage.duration", "s", "Time a stage took, by stage and whether it was reused.");

    private static readonly Counter<long> StageFailures =
        Meter.CreateCounter<long>("qat.stage.failures", description: "Stage executions that failed.");

    private static readonly Gauge<double> Figures =
        Meter.CreateGauge<double>("qat.stage.figure", description: "Latest figures a stage reported: ap, loss, images/s and others.");

    // Baggage that goes along with every message of the run.
    private const string RunSpan = "qat.run.span";

    /// <summary>Starts the root of a run's trace, or its part of the caller's.</summary>
    public static Activity? StartRun(string runId, string name)
    {
        var activity = Source.StartActivity($"run {name}", ActivityKind.Producer);
        return activity?.SetTag("qat.run", runId).SetBaggage(RunSpan, activity.Id);
    }

    /// <summary>
    /// Starts a span right below the run's, with a link to the delivery that it is done for: messages follow one another, and as children
    /// of each other a run's spans would be nested as deep as it has stages.
    /// </summary>
    public static Activity? StartBelowRun(string name)
    {
        var delivery = Activity.Current;
        var parent = delivery?.GetBaggageItem(RunSpan);
        return ActivityContext.TryParse(parent, null, out var run) && run.TraceId == delivery!.TraceId
            ? Source.StartActivity(name, ActivityKind.Internal, run, links: [new ActivityLink(delivery.Context)])
                ?.SetBaggage(RunSpan, parent)
            : Source.StartActivity(name);
    }

    internal static Activity? StartStage(StageJob job)
    {
        var activity = StartBelowRun($"stage {job.Stage.Name}");
        activity?.SetTag("qat.run", job.Run.RunId).SetTag("qat.stage", job.Stage.Name).SetTag("qat.stage.key", job.Key);
        SetDigests(activity, "qat.inputs", job.Inputs);
        return activity;
    }

    internal static void SetDigests(Activity? activity, string tag, IEnumerable<ArtifactReference> artifacts) =>
        activity?.SetTag(tag, artifacts.Select(artifact => $"{artifact.Name}@sha256:{artifact.Sha256}").ToArray());

    internal static void LinkTo(Activity? activity, string? traceParent)
    {
        if (activity is not null && ActivityContext.TryParse(traceParent, null, out var context) && context.SpanId != activity.SpanId)
        {
            activity.AddLink(new ActivityLink(context));
        }
    }

    internal static void RecordStage(string stage, bool reused, TimeSpan duration) =>
        StageSeconds.Record(duration.TotalSeconds, new("stage", stage), new("reused", reused));

    internal static void RecordFailure(string stage) => StageFailures.Add(1, new KeyValuePair<string, object?>("stage", stage));

    internal static void RecordFigure(string stage, string figure, double value) =>
        Figures.Record(value, new("stage", stage), new("figure", figure));
}
