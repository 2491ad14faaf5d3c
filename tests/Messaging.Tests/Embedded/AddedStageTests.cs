using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Messaging.Tests.Embedded;

/// <summary>Adds a stage to the pipeline: a row, a class and its registration, with the event that tells it.</summary>
public sealed class AddedStageTests
{
    private const string Name = "certify";
    private const string Output = "certificate.json";

    private static readonly StageTable Longer = new(
    [
        .. StageTable.Standard.Rows.TakeWhile(row => row.Name != "evaluate"),
        StageRow.Giving(
            Name, "certification", "certifies the engines", _ => Output, EngineCertified (id, run, made) => new(id, run, made)) with
        {
            When = run => run.Seed > 0,
        },
        .. StageTable.Standard.Rows.SkipWhile(row => row.Name != "evaluate"),
    ]);

    [Fact]
    public async Task Run_TableWithOneMoreRow_ExecutesItInItsPlace()
    {
        var run = await RunAsync(seed: 1);

        Assert.Equal(
            ["dataset", "calibrate", "qat", "optimize", "build", Name, "evaluate"], run.Stages.Select(stage => stage.Record.Stage));
        Assert.Contains(run.Artifacts, artifact => artifact.Name == Output);
    }

    [Fact]
    public async Task Run_ThatLeavesTheNewStageOut_GoesPastIt()
    {
        var run = await RunAsync(seed: 0);

        Assert.Equal(["dataset", "calibrate", "qat", "optimize", "build", "evaluate"], run.Stages.Select(stage => stage.Record.Stage));
    }

    private static async Task<EmbeddedRun> RunAsync(long seed)
    {
        using var folder = new ScratchFolder();
        ScriptedStage[] stages = [.. ScriptedStage.FullPipeline(), new ScriptedStage(Name, Output, ArtifactNames.Int8Engine)];
        var run = await EmbeddedPipeline.RunAsync(
            ScriptedStage.Specification(seed),
            folder.FullName,
            stages,
            new EmbeddedOptions { Stages = Longer },
            null,
            TestContext.Current.CancellationToken);
        Assert.Null(run.Failure);
        return run;
    }
}

/// <summary>The event of the added stage.</summary>
public sealed record EngineCertified(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;
