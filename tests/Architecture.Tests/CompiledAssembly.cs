using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace QatPipeline.Architecture.Tests;

/// <summary>A type that a source file declares.</summary>
/// <param name="Name">Its name, without namespace.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Folders">The folders of the files it is written in, relative to the repository; none for generated code.</param>
/// <param name="Uses">The types of the same assembly that it mentions, by full name.</param>
internal sealed record CompiledType(string Name, string Namespace, IReadOnlySet<string> Folders, IReadOnlySet<string> Uses)
{
    public string FullName => $"{Namespace}.{Name}";
}

/// <summary>What an assembly and its symbols tell without being loaded.</summary>
/// <param name="References">Names of the assemblies it uses.</param>
/// <param name="Types">The outermost types.</param>
internal sealed record CompiledAssembly(IReadOnlyList<string> References, IReadOnlyList<CompiledType> Types)
{
    public static CompiledAssembly Read(string path, string repository)
    {
        using var image = new PEReader(File.OpenRead(path));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(path, ".pdb")));
        var metadata = image.GetMetadataReader();
        var (uses, sources) = (new TypeUses(metadata, image), new TypeSources(metadata, symbols.GetMetadataReader(), repository));
        var types = metadata.TypeDefinitions.GroupBy(handle => Outermost(metadata, handle)).Select(group =>
        {
            var type = metadata.GetTypeDefinition(group.Key);
            return new CompiledType(
                metadata.GetString(type.Name),
                metadata.GetString(type.Namespace),
                group.SelectMany(sources.FoldersOf).ToHashSet(StringComparer.Ordinal),
                group.SelectMany(uses.Of)
                    .Select(used => metadata.GetTypeDefinition(Outermost(metadata, used)))
                    .Select(used => $"{metadata.GetString(used.Namespace)}.{metadata.GetString(used.Name)}")
                    .ToHashSet(StringComparer.Ordinal));
        });
        return new(
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. types]);
    }

    private static TypeDefinitionHandle Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        while (metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
        {
            handle = outer;
        }

        return handle;
    }
}
