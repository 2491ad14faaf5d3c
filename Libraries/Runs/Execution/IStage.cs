using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// One step of a run: reads artifacts, writes artifacts, without knowing messaging or storage. The same inputs and configuration
/// give the same bytes on every execution, after any number of interruptions.
/// </summary>
public interface IStage
{
    /// <summary>One of <see cref="StageNames"/>.</summary>
    string Name { get; }

    /// <summary>Raised when the code gives other outputs for the same inputs; part of the stage key.</summary>
    int Version { get; }

    /// <summary>Names of the artifacts it reads.</summary>
    IReadOnlyList<string> Inputs(RunSpecification specification);

    /// <summary>Those of the run's artifacts that it reads besides, where the run has them.</summary>
    /// <param name="known">Names of all artifacts that the run has so far.</param>
    IEnumerable<string> FurtherInputs(IEnumerable<string> known) => [];

    /// <summary>The part of the specification that can change its outputs; its canonical JSON is part of the stage key.</summary>
    object Configuration(RunSpecification specification);

    /// <summary>How many processes share the work; told in the run's lineage.</summary>
    int Processes(RunSpecification specification) => 1;

    /// <summary>Reads the inputs and writes every output through the context.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; a later execution goes on from the checkpoints.</exception>
    Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken);
}
