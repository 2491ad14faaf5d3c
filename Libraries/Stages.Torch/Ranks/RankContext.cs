using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What a rank sees of its stage: specification and inputs. The rest is the stage's own.</summary>
internal sealed class RankContext(RankJob job) : IStageContext, IProgress<StageProgress>
{
    public string RunId => throw Foreign();

    public RunSpecification Specification => job.Specification;

    public ILogger Logger => NullLogger.Instance;

    public IProgress<StageProgress> Progress => this;

    public ICheckpointStore Checkpoints => throw Foreign();

    public Task<string> OpenInputAsync(string name, CancellationToken cancellationToken) => Task.FromResult(job.Inputs[name]);

    public bool HasInput(string name) => job.Inputs.ContainsKey(name);

    public string OutputPath(string name) => throw Foreign();

    public void Measure(string name, object value) => throw Foreign();

    public void Report(StageProgress value)
    {
    }

    private static InvalidOperationException Foreign() => new("A rank trains; outputs, measurements and checkpoints are its stage's.");
}
