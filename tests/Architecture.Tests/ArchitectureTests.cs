namespace QatPipeline.Architecture.Tests;

/// <summary>The compiled assemblies keep to the architecture; what does not yet is listed in <see cref="Allowances"/>.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void References_OfEveryAssembly_AreAllowed()
    {
        var found = OurProject.All.SelectMany(project => AllowedReferences.Violations(project, OurProject.All)).ToArray();

        Assert.Empty(found.Except(Allowances.References));
        Assert.Empty(Allowances.References.Except(found));
    }

    [Fact]
    public void Folders_OfEveryAssembly_FormNoCircle()
    {
        var found = OurProject.All
            .SelectMany(project => FolderCircle.In(project).Select(circle => (Name: $"{project.Name}: {circle.Namespaces}", circle.Because)))
            .ToArray();

        Assert.Empty(found
            .Where(circle => !Allowances.Circles.Contains(circle.Name))
            .Select(circle => $"{circle.Name} ({string.Join("; ", circle.Because)})"));
        Assert.Empty(Allowances.Circles.Except(found.Select(circle => circle.Name)));
    }

    [Fact]
    public void Types_OfEveryAssembly_StandInTheirFoldersNamespace() => Assert.Empty(
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

        // An interface, which has no code, and a record with code.
        Assert.Equal(["Libraries/Graphs/Targets"], graphs.Single(type => type.Name == "ITarget").Folders);
        Assert.Equal(["Libraries/Graphs/Model"], graphs.Single(type => type.Name == "Tensor").Folders);
    }
}
