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
        Parse(text, new YamlBinder(source, baseFolder, expandsReferences: true, DataRoots.Unlimited));

    /// <summary>Parses what a specification says under <c>model.detector</c>, on its own.</summary>
    /// <param name="text">YAML or JSON, such as <c>{ layout: yolox }</c>.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="SpecificationException">A key is unknown or out of range.</exception>
    public static DetectorSpecification ParseDetector(string text, string source) =>
        (DetectorSpecification)new YamlBinder(source, "/", expandsReferences: true, DataRoots.Unlimited)
            .Bind(RootOf(text, source), typeof(DetectorSpecification), "model.detector");

    /// <summary>
    /// Parses what came from another process: it does not get to see this one's environment, nor to name every file.
    /// </summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="roots">The folders that it may name files in.</param>
    /// <param name="baseFolder">The folder relative paths are relative to; without one, paths must be absolute.</param>
    /// <exception cref="SpecificationException">A key is unknown, misplaced or out of range, or names a file outside the roots.</exception>
    public static RunSpecification ParseSubmitted(string text, string source, DataRoots roots, string? baseFolder = null) =>
        Parse(text, new YamlBinder(source, baseFolder, expandsReferences: false, roots));

    private static RunSpecification Parse(string text, YamlBinder binder)
    {
        var specification = (RunSpecification)binder.Bind(RootOf(text, binder.Source), typeof(RunSpecification), "");
        SpecificationRules.Check(specification, binder.Source);
        return specification;
    }

    private static YamlMappingNode RootOf(string text, string source)
    {
        if (text.Length > MaximumLength)
        {
            throw new SpecificationException($"{source}: larger than 1 MiB, which no run specification is.");
        }

        var yaml = new YamlStream();
        try
        {
            yaml.Load(new BoundedParser(new StringReader(text), source));
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException)
        {
            // The library has an exception of its own for most of what is no YAML, not for all.
            var line = (exception as YamlException)?.Start.Line;
            throw new SpecificationException($"{source}{(line is null ? "" : $":{line}")}: not valid YAML: {exception.Message}", exception)
            {
                Line = (int?)line,
            };
        }

        return yaml.Documents is [{ RootNode: YamlMappingNode root }]
            ? root
            : throw new SpecificationException($"{source}: expected one mapping with the keys of a run specification.");
    }
}
