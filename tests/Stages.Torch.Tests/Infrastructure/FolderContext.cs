using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Stages.Torch.Tests.Infrastructure;

/// <summary>A stage's context whose artifacts are the files of one folder.</summary>
/// <param name="specification">The run's.</param>
/// <param name="folder">Inputs and outputs.</param>
/// <param name="progress">Receives what the stage reports; null drops it.</param>
internal sealed class FolderContext(RunSpecification specification, string folder, Action<StageProgress>? progress = null)
    : IStageContext, IProgress<StageProgress>
{
    public string RunId => "test";

    public RunSpecification Specification => specification;

    public ILogger Logger => NullLogger.Instance;

    public IProgress<StageProgress> Progress => this;

    public ICheckpointStore Checkpoints { get; } = new MemoryCheckpoints();

    public Task<string> OpenInputAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Path.Combine(folder, name));

    public bool HasInput(string name) => File.Exists(Path.Combine(folder, name));

    public string OutputPath(string name) => Path.Combine(folder, name);

    public void Measure(string name, object value)
    {
    }

    public void Report(StageProgress value) => progress?.Invoke(value);
}
