namespace QatPipeline.Foundation;

/// <summary>Where this program keeps what belongs to the user of this machine.</summary>
public static class UserFolders
{
    /// <summary>
    /// What can be made again: <c>QAT_HOME</c>, else <c>.cache/qatpipeline</c> in the user's home, else, for a user without one, a folder
    /// below the system's temporary one.
    /// </summary>
    public static string Cache { get; } = Environment.GetEnvironmentVariable("QAT_HOME") is { Length: > 0 } home
        ? home
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } profile
            ? Path.Combine(profile, ".cache", "qatpipeline")
            : Path.Combine(Path.GetTempPath(), $"qatpipeline-{Environment.UserName}");
}
