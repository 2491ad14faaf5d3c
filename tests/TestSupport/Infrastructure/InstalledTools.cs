namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>What <c>./qat setup</c> installed beside the system's packages.</summary>
public static class InstalledTools
{
    /// <summary>The folder of it all.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("QAT_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "qatpipeline");

    /// <summary>Azurite's blob service.</summary>
    public static string Azurite { get; } = Path.Combine(Folder, "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");
}
