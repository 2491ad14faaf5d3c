namespace QatPipeline.Architecture.Tests;

/// <summary>The compiled assemblies keep to the architecture.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void References_OfEveryAssembly_AreAllowed() => AssertNone(
        "The architecture does not allow these references",
        OurProject.All.SelectMany(project => AllowedReferences.Violations(project, OurProject.All)));

    [Fact]
    public void Folders_OfEveryAssembly_FormNoCircle() => AssertNone(
        "These folders need each other",
        from project in OurProject.All
        from circle in FolderCircle.In(project)
        select $"{project.Name}: {circle.Namespaces} ({string.Join("; ", circle.Because)})");

    [Fact]
    public void Types_OfEveryAssembly_StandInTheirFoldersNamespace() => AssertNone(
        "The namespace of these types is not that of their folder",
        from project in OurProject.All
        from type in project.Assembly.Types
        where type.Namespace.Length > 0
        from folder in type.Folders
        where project.NamespaceOf(folder) is { } expected && expected != type.Namespace
        select $"{type.FullName} stands in {folder}");

    [Fact]
    public void Types_OfTheGraphLibrary_AreFoundWithTheirFiles()
    {
        var graphs = OurProject.All.Single(project => project.Name == "Graphs").Assembly.Types;

        // An interface, which has no code, and a class with code.
        Assert.Equal(["Libraries/Graphs/Targets"], graphs.Single(type => type.Name == "ITarget").Folders);
        Assert.Equal(["Libraries/Graphs/Model"], graphs.Single(type => type.Name == "Tensor").Folders);
    }

    private static void AssertNone(string complaint, IEnumerable<string> found)
    {
        var lines = found.ToArray();
        Assert.True(lines.Length == 0, $"{complaint}:\n{string.Join('\n', lines)}");
    }
}
