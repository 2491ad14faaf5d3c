using System.Collections.Concurrent;
using System.Diagnostics;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Messaging.Tests.Embedded;

public sealed class TraceTests
{
    private static readonly string[] Sources = [PipelineTelemetry.Name, "MassTransit"];

    [Fact]
    public async Task Run_IsOneTrace_StagesBelowTheRunAndStepsBelowTheStages()
    {
        using var folder = new ScratchFolder();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        var options = new EmbeddedOptions { RunId = "traced" };
        var stages = ScriptedStage.FullPipeline();
        await EmbeddedPipeline.RunAsync(
            ScriptedStage.Specification(), folder.FullName, stages, options, null, TestContext.Current.CancellationToken);

        // Other tests of this process are heard, too.
        var run = spans.First(span => span.OperationName == "run scripted" && span.GetTagItem("qat.run") is "traced");
        var trace = spans.Where(span => span.TraceId == run.TraceId).ToList();
        var request = trace.Single(span => span.Kind == ActivityKind.Producer && span.OperationName == "run scripted");
        foreach (var name in StageTable.Standard.StagesOf(ScriptedStage.Specification()).SkipLast(1))
        {
            var stage = trace.Single(span => span.OperationName == $"stage {name}");
            Assert.Equal(request.SpanId, stage.ParentSpanId);
            Assert.Single(stage.Links);
            var step = trace.Single(span => span.ParentSpanId == stage.SpanId && span.OperationName == "working");
            Assert.Equal(0.5, step.GetTagItem("qat.figure.ap"));
        }

        Assert.Equal(request.SpanId, trace.Single(span => span.OperationName == "stage report").ParentSpanId);
        Assert.All(
            trace.Where(span => span.OperationName.StartsWith("announce ", StringComparison.Ordinal)),
            span => Assert.Equal(request.SpanId, span.ParentSpanId));
    }
}
