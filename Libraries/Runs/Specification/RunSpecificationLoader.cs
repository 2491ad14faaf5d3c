using System.Text.Json;
using QatPipeline.Contracts.Specification;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace QatPipeline.Runs.Specification;

/// <summary>Reads run.yaml (or the same in JSON), validates every key and resolves its paths.</summary>
public static class RunSpecificationLoader
{
    private const long MaximumLength = 1 << 20;

    /// <summary>Reads a file; relative paths in it are relative to its folder.</summary>
    /// <exception cref="SpecificationException">The file cannot be read, or a key is unknown, misplaced or out of range.</exception>
    public static RunSpecification Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumLength)
            {
                throw new SpecificationException($"{path}: larger than 1 MiB, which no run specification is.");
            }

            return Parse(File.ReadAllText(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpecificationException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Parses a specification's text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">What errors call it: a file name, or where the text came from.</param>
    /// <param name="baseFolder">The folder relative paths are relative to.</param>
    /// <exception cref="SpecificationException">A key is unknown, misplaced or out of range.</exception>
    public static RunSpecification Parse(string text, string source, string baseFolder) =>
        Parse(text, new YamlBinder(source, baseFolder, expandsReferences: true));

    /// <summary>
    /// Parses what came from another process: it does not get to see this one's environment.
    /// </summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="baseFolder">The folder relative paths are relative to; without one, paths must be absolute.</param>
    /// <exception cref="SpecificationException">A key is unknown, misplaced or out of range.</exception>
    public static RunSpecification ParseSubmitted(string text, string source, string? baseFolder = null) =>
        Parse(text, new YamlBinder(source, baseFolder, expandsReferences: false));

    /// <summary>Binds what came from another machine as a part of a JSON document, by the rules of <see cref="ParseSubmitted"/>.</summary>
    /// <param name="json">The specification.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="SpecificationException">A key is unknown, misplaced or out of range.</exception>
    public static RunSpecification Bind(JsonElement json, string source) =>
        Bind(JsonNodes.Of(json), new YamlBinder(source, null, expandsReferences: false, hasLines: false));

    private static RunSpecification Parse(string text, YamlBinder binder)
    {
        if (text.Length > MaximumLength)
        {
            throw new SpecificationException($"{binder.Source}: larger than 1 MiB, which no run specification is.");
        }

        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new SpecificationException($"{binder.Source}:{exception.Start.Line}: not valid YAML: {exception.Message}", exception)
            {
                Line = (int)exception.Start.Line,
            };
        }

        return Bind(yaml.Documents is [var document] ? document.RootNode : null, binder);
    }

    private static RunSpecification Bind(YamlNode? root, YamlBinder binder)
    {
        if (root is not YamlMappingNode)
        {
            throw new SpecificationException($"{binder.Source}: expected one mapping with the keys of a run specification.");
        }

        var specification = (RunSpecification)binder.Bind(root, typeof(RunSpecification), "");
        SpecificationRules.CheckRelations(specification, binder.Source);
        return specification;
    }
}
