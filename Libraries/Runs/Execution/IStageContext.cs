using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Execution;

/// <summary>What a stage may use while it executes.</summary>
public interface IStageContext
{
    /// <summary>The run the work is done for. Outputs must not depend on it.</summary>
    string RunId { get; }

    /// <summary>The run's specification; outputs may depend only on the part in <see cref="IStage.Configuration"/>.</summary>
    RunSpecification Specification { get; }

    /// <summary>For the people who operate the service; progress goes to <see cref="Progress"/>.</summary>
    ILogger Logger { get; }

    /// <summary>Reports progress; rate-limited by the receiver, so call it as often as is natural.</summary>
    IProgress<StageProgress> Progress { get; }

    /// <summary>Intermediate state that survives a kill of the process; belongs to the stage key, gone when the stage commits.</summary>
    ICheckpointStore Checkpoints { get; }

    /// <summary>A local file with the verified content of an input artifact.</summary>
    Task<string> OpenInputAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether the artifact is among the inputs: see <see cref="IStage.FurtherInputs"/>.</summary>
    bool HasInput(string name);

    /// <summary>The path at which the stage writes the artifact of that name; it is published when the stage commits.</summary>
    string OutputPath(string name);

    /// <summary>
    /// Records what was measured and may differ between identical executions (times, hosts): kept in the stage record, never in an
    /// artifact. The value must serialise to JSON.
    /// </summary>
    void Measure(string name, object value);
}

/// <summary>Progress of a stage: what it is doing, how far, and the latest figures (loss, ap, images/s).</summary>
public sealed record StageProgress(string Activity, long Done, long Total, IReadOnlyDictionary<string, double>? Figures = null);

/// <summary>Named blobs of a stage's unfinished work. A write is atomic: a reader sees the old content or the new.</summary>
public interface ICheckpointStore
{
    /// <summary>Replaces the content of that name.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The last written content, or null where there is none.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken);
}
