using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Runs.Tests.Execution;

public sealed class RunPlanTests
{
    [Fact]
    public void Stages_WithTraining_AreAllInOrder() =>
        Assert.Equal(
            ["dataset", "train-float", "calibrate", "qat", "optimize", "build", "evaluate"],
            RunPlan.Stages(ScriptedStage.Specification() with { Train = new TrainSpecification() }));

    [Fact]
    public void Next_LeftOutStages_AreSkipped()
    {
        var specification = ScriptedStage.Specification(qat: false);
        Assert.Equal("dataset", RunPlan.Next(specification, null));
        Assert.Equal("calibrate", RunPlan.Next(specification, "dataset"));
        Assert.Equal("optimize", RunPlan.Next(specification, "calibrate"));
        Assert.Null(RunPlan.Next(specification, "evaluate"));
    }

    [Fact]
    public void Accumulate_ArtifactMadeAnew_ReplacesTheKnownOne()
    {
        var known = new[] { new ArtifactReference("b", "1", 1), new ArtifactReference("a", "2", 1) };
        Assert.Equal([new("a", "2", 1), new("b", "3", 1)], RunPlan.Accumulate(known, [new ArtifactReference("b", "3", 1)]));
    }
}
