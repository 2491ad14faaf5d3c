namespace QatPipeline.Architecture.Tests;

/// <summary>The compiled assemblies keep to the architecture; what does not yet is listed in <see cref="Allowances"/>.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void References_OfEveryAssembly_AreAllowed()
    {
        var found = OurProject.All.SelectMany(project => AllowedReferences.Violations(project, OurProject.All)).ToArray();

        AssertNone("The architecture does not allow these references", found.Except(Allowances.References));
        AssertNone("These references are gone: delete their allowance", Allowances.References.Except(found));
    }

    [Fact]
    public void Folders_OfEveryAssembly_FormNoCircle()
    {
        var found = OurProject.All
            .SelectMany(project => FolderCircle.In(project).Select(circle => (Name: $"{project.Name}: {circle.Namespaces}", circle.Because)))
            .ToArray();

        AssertNone(
            "These folders need each other",
            found.Where(circle => !Allowances.Circles.Contains(circle.Name))
                .Select(circle => $"{circle.Name} ({string.Join("; ", circle.Because)})"));
        AssertNone("These circles are gone: delete their allowance", Allowances.Circles.Except(found.Select(circle => circle.Name)));
    }

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
