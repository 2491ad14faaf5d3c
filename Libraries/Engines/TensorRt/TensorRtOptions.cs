namespace QatPipeline.Engines.TensorRt;

/// <summary>Settings of the TensorRT back end.</summary>
public sealed record TensorRtOptions
{
    /// <summary>The trtexec to use; where null, the first on the PATH or at its usual places.</summary>
    public string? TrtexecPath { get; init; }

    /// <summary>Builder scratch memory in MiB.</summary>
    public int WorkspaceMiB { get; init; } = 1024;

    /// <summary>Longest time of one build or measurement.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Arguments added to every build, such as <c>--plugins=libmine.so</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
