using QatPipeline.Foundation;

namespace QatPipeline.Runs.Execution;

/// <summary>Where a worker keeps its local files.</summary>
public sealed record StageExecutorOptions
{
    /// <summary>Folders of executions under way; safe to delete while none is.</summary>
    public string ScratchFolder { get; init; } = Path.Combine(UserFolders.Cache, "scratch");

    /// <summary>How often a worker looks whether another one, busy with the same key, is done.</summary>
    public TimeSpan JoinPoll { get; init; } = TimeSpan.FromMilliseconds(500);
}
