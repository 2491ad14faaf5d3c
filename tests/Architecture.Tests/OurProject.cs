using System.Text.RegularExpressions;

namespace QatPipeline.Architecture.Tests;

/// <summary>A project of the product with the assembly it was built to.</summary>
/// <param name="Name">The project file's name.</param>
/// <param name="Folder">Its folder, relative to the repository, with slashes.</param>
/// <param name="RootNamespace">The namespace of the folder itself.</param>
/// <param name="AssemblyName">What others reference it as.</param>
/// <param name="Assembly">What was compiled.</param>
internal sealed record OurProject(
    string Name, string Folder, string RootNamespace, string AssemblyName, CompiledAssembly Assembly)
{
    /// <summary>All projects but tests and benchmarks.</summary>
    public static IReadOnlyList<OurProject> All { get; } =
    [
        .. new[] { "AppHost", "Cli", "Contracts", "Libraries", "ServiceDefaults", "Services" }
            .SelectMany(top => Directory.EnumerateFiles(
                Path.Combine(TestData.RepositoryRoot, top), "*.csproj", new EnumerationOptions { RecurseSubdirectories = true }))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    /// <summary>The namespace of a folder of the project; null for a folder that is not the project's.</summary>
    public string? NamespaceOf(string folder) =>
        folder == Folder ? RootNamespace
        : folder.StartsWith($"{Folder}/", StringComparison.Ordinal) ? $"{RootNamespace}.{folder[(Folder.Length + 1)..].Replace('/', '.')}"
        : null;

    private static OurProject Read(string file)
    {
        var (text, name) = (File.ReadAllText(file), Path.GetFileNameWithoutExtension(file));
        var folder = Path.GetDirectoryName(file)!;
        var assembly = Property(text, "AssemblyName") ?? $"QatPipeline.{name}";

        // bin/CONFIGURATION/FRAMEWORK/RUNTIME, as these tests were built themselves.
        var output = Path.GetRelativePath(
            Path.Combine(TestData.RepositoryRoot, "tests", "Architecture.Tests"), AppContext.BaseDirectory);
        return new(
            name,
            Path.GetRelativePath(TestData.RepositoryRoot, folder).Replace('\\', '/'),
            Property(text, "RootNamespace") ?? $"QatPipeline.{name}",
            assembly,
            CompiledAssembly.Read(Path.Combine(folder, output, $"{assembly}.dll"), TestData.RepositoryRoot));
    }

    private static string? Property(string project, string name) =>
        Regex.Match(project, $"<{name}>([^<]+)</{name}>") is { Success: true } match ? match.Groups[1].Value : null;
}
