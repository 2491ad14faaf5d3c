namespace QatPipeline.Pipeline.Execution;

/// <summary>Where a worker keeps its local files.</summary>
public sealed record StageExecutorOptions
{
    /// <summary>Folders of executions under way; safe to delete while none is.</summary>
    public string ScratchFolder { get; init; } = Path.Combine(UserCache, "scratch");

    /// <summary>How often a worker looks whether another one, busy with the same key, is done.</summary>
    public TimeSpan JoinPoll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The user's cache folder of this program.</summary>
    public static string UserCache { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "qatpipeline");
}
