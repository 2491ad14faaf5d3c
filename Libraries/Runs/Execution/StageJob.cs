using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>A stage of a run with everything that decides its outputs.</summary>
public sealed record StageJob
{
    private StageJob(IStage stage, RunContext run, object configuration, IReadOnlyList<ArtifactReference> inputs)
    {
        (Stage, Run, Configuration, Inputs) = (stage, run, configuration, inputs);
        Key = StageKey.Compute(stage, configuration, inputs);
    }

    /// <summary>What is executed.</summary>
    public IStage Stage { get; }

    /// <summary>The run it is executed for; no part of the key.</summary>
    public RunContext Run { get; }

    /// <summary>The part of the specification that can change the outputs; part of the key.</summary>
    public object Configuration { get; }

    /// <summary>In the order the stage names them; their digests are part of the key.</summary>
    public IReadOnlyList<ArtifactReference> Inputs { get; }

    /// <summary>Identity of the work: see <see cref="StageKey"/>.</summary>
    public string Key { get; }

    /// <summary>Takes what the stage reads from the known artifacts.</summary>
    /// <exception cref="StageInputException">An input is not among them.</exception>
    public static StageJob Create(IStage stage, RunContext run, IReadOnlyCollection<ArtifactReference> known)
    {
        var required = stage.Inputs(run.Specification);
        var further = stage.FurtherInputs(known.Select(artifact => artifact.Name)).Except(required);
        var inputs = required.Concat(further).Select(name => known.LastOrDefault(artifact => artifact.Name == name)
            ?? throw new StageInputException(
                $"The stage '{stage.Name}' of run '{run.RunId}' needs the artifact '{name}', which no earlier stage or event gave: "
                + "start the run from an earlier stage, or name the artifact in the event."));
        return new StageJob(stage, run, stage.Configuration(run.Specification), [.. inputs]);
    }
}
