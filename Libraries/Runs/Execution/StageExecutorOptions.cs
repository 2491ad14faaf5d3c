namespace QatPipeline.Runs.Execution;

/// <summary>Where a worker keeps its local files.</summary>
public sealed record StageExecutorOptions
{
    /// <summary>Folders of executions under way; safe to delete while none is.</summary>
    public string ScratchFolder { get; init; } = Path.Combine(UserCache, "scratch");

    /// <summary>How often a worker looks whether another one, busy with the same key, is done.</summary>
    public TimeSpan JoinPoll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The cache folder of this program: QAT_HOME, or <c>.cache/qatpipeline</c> in the user's home.</summary>
    public static string UserCache { get; } = Environment.GetEnvironmentVariable("QAT_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "qatpipeline");
}
