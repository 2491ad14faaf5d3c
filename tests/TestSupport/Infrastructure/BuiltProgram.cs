namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>The programs of this repository, as they were built beside the tests.</summary>
public static class BuiltProgram
{
    /// <summary>The full path of a project's executable.</summary>
    /// <param name="project">The project's folder in the repository, such as <c>Services/Gateway</c>.</param>
    /// <param name="name">The executable, where it is not named after the project.</param>
    public static string PathOf(string project, string? name = null)
    {
        // The tests' own output folder tells the configuration: …/tests/NAME/bin/CONFIGURATION/FRAMEWORK/RUNTIME/.
        var output = Path.GetRelativePath(TestData.RepositoryRoot, AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar);
        return Path.Combine(
            [TestData.RepositoryRoot, .. project.Split('/'), .. output[2..], name ?? $"QatPipeline.{Path.GetFileName(project)}"]);
    }
}
