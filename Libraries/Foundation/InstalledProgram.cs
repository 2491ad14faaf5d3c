namespace QatPipeline.Foundation;

/// <summary>Finds programs on <c>PATH</c>.</summary>
public static class InstalledProgram
{
    /// <summary>The path of the first of that name; null where there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
