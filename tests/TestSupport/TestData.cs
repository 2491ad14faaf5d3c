namespace QatPipeline.TestSupport;

/// <summary>
/// Finds the external test data: the folder named by <c>QAT_TEST_DATA</c>, else <c>../shared/data</c> beside the repository.
/// Tests that need it are skipped, saying so, where it is absent.
/// </summary>
public static class TestData
{
    public const string SkipReason = "needs the test data: set QAT_TEST_DATA to its folder";

    /// <summary>The repository's root folder, found by its solution file.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>The data folder, or null where there is none.</summary>
    public static string? Root { get; } = FindData();

    public static bool IsAvailable => Root is not null;

    /// <summary>The full path of a file or folder of the test data.</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Root ?? throw new InvalidOperationException(SkipReason), .. parts]);

    private static string? FindData()
    {
        var named = Environment.GetEnvironmentVariable("QAT_TEST_DATA");
        var candidate = string.IsNullOrEmpty(named) ? Path.Combine(RepositoryRoot, "..", "shared", "data") : named;
        return Directory.Exists(candidate) ? Path.GetFullPath(candidate) : null;
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "QatPipeline.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No QatPipeline.sln above {AppContext.BaseDirectory}.");
    }
}
