namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>The programs of this repository, as they were built beside the tests.</summary>
public static class BuiltProgram
{
    // …/tests/NAME/bin/CONFIGURATION/FRAMEWORK/RUNTIME/
    private static readonly string[] OwnOutput =
        Path.GetRelativePath(TestData.RepositoryRoot, AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar);

    /// <summary>The configuration that the tests were built in.</summary>
    public static string Configuration => OwnOutput[3];

    /// <summary>The full path of a project's executable.</summary>
    /// <param name="project">The project's folder in the repository, such as <c>Services/Gateway</c>.</param>
    /// <param name="name">The executable, where it is not named after the project.</param>
    public static string PathOf(string project, string? name = null) => Path.Combine(
        [TestData.RepositoryRoot, .. project.Split('/'), .. OwnOutput[2..], name ?? $"QatPipeline.{Path.GetFileName(project)}"]);
}
