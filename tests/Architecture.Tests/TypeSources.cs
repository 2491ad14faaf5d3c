using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace QatPipeline.Architecture.Tests;

/// <summary>Finds the source files of types in the symbols of an assembly.</summary>
internal sealed class TypeSources(MetadataReader metadata, MetadataReader symbols, string repository)
{
    /// <summary>The compiler's note of the files of a type without method bodies (portable PDB, type definition documents).</summary>
    private static readonly Guid TypeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>The folders of a type's hand-written files, relative to the repository, with slashes.</summary>
    public IEnumerable<string> FoldersOf(TypeDefinitionHandle type) =>
        metadata.GetTypeDefinition(type).GetMethods().SelectMany(DocumentsOf).Concat(NotedDocumentsOf(type))
            .Where(document => !document.IsNil)
            .Select(document => symbols.GetString(symbols.GetDocument(document).Name))
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(repository, Path.GetDirectoryName(path)!).Replace('\\', '/'))
            .Where(folder => !folder.StartsWith("..", StringComparison.Ordinal) && !folder.Split('/').Contains("obj"))
            .Distinct(StringComparer.Ordinal);

    private IEnumerable<DocumentHandle> DocumentsOf(MethodDefinitionHandle method)
    {
        var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
        return information.Document.IsNil
            ? information.GetSequencePoints().Select(point => point.Document)
            : [information.Document];
    }

    private IEnumerable<DocumentHandle> NotedDocumentsOf(TypeDefinitionHandle type)
    {
        foreach (var handle in symbols.GetCustomDebugInformation(type))
        {
            var note = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(note.Kind) == TypeDocuments)
            {
                for (var blob = symbols.GetBlobReader(note.Value); blob.RemainingBytes > 0;)
                {
                    yield return MetadataTokens.DocumentHandle(blob.ReadCompressedInteger());
                }
            }
        }
    }
}
