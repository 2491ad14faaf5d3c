using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Runs.Tests;

public sealed class StageTableTests
{
    private static readonly StageTable Table = StageTable.Standard;

    [Fact]
    public void StagesOf_RunWithTraining_AreAllInOrder() =>
        Assert.Equal(
            ["dataset", "train-float", "calibrate", "qat", "optimize", "build", "evaluate", "report"],
            Table.StagesOf(ScriptedStage.Specification() with { Train = new TrainSpecification() }));

    [Fact]
    public void Next_LeftOutStages_AreSkipped()
    {
        var specification = ScriptedStage.Specification(qat: false);
        Assert.Equal("dataset", Table.Next(new PipelineRequested("r", specification, [])).Name);
        Assert.Equal("calibrate", Table.Next(new DatasetPrepared("r", specification, [])).Name);
        Assert.Equal("optimize", Table.Next(new ModelCalibrated("r", specification, [])).Name);
        Assert.Equal("report", Table.Next(new ModelEvaluated("r", specification, [])).Name);
    }

    [Theory]
    [InlineData("train-float", "calibrate")]
    [InlineData("qat", "optimize")]
    public void Next_TypeThatTwoStagesGive_GoesByTheStage(string trained, string next) =>
        Assert.Equal(next, Table.Next(new ModelTrained("r", ScriptedStage.Specification(), [], trained)).Name);

    [Fact]
    public void EventsBefore_StageAfterOneThatMayBeLeftOut_AreThoseOfBoth()
    {
        Assert.Equal([typeof(PipelineRequested)], Table.EventsBefore(Table["dataset"]));
        Assert.Equal([typeof(ModelTrained), typeof(DatasetPrepared)], Table.EventsBefore(Table["calibrate"]));
        Assert.Equal([typeof(GraphOptimized)], Table.EventsBefore(Table["build"]));
    }

    [Fact]
    public void Complete_EveryStageButTheLast_GivesTheEventThatTellsIt()
    {
        foreach (var row in Table.Rows.SkipLast(1))
        {
            Assert.Same(row, Table.Completed(row.Complete("r", ScriptedStage.Specification(), [])));
        }

        Assert.Throws<InvalidOperationException>(() => Table.Rows[^1].Complete("r", ScriptedStage.Specification(), []));
    }

    [Fact]
    public void VerbThrough_StageWithoutAVerb_TakesTheNextThatTheRunHas()
    {
        Assert.Equal("calibrate", Table.VerbThrough("dataset", ScriptedStage.Specification())!.Name);
        Assert.Null(Table.VerbThrough("build", ScriptedStage.Specification()));
    }

    [Fact]
    public void Accumulate_ArtifactMadeAnew_ReplacesTheKnownOne()
    {
        var known = new[] { new ArtifactReference("b", "1", 1), new ArtifactReference("a", "2", 1) };
        Assert.Equal([new("a", "2", 1), new("b", "3", 1)], ArtifactList.Accumulate(known, [new ArtifactReference("b", "3", 1)]));
    }
}
