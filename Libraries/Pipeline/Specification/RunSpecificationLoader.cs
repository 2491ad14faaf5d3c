using QatPipeline.Contracts;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace QatPipeline.Pipeline.Specification;

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
                throw new SpecificationException($"{path}: larger than 1 MiB, which no run specification is");
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
    public static RunSpecification Parse(string text, string source, string baseFolder)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new SpecificationException($"{source}:{exception.Start.Line}: not valid YAML: {exception.Message}", exception);
        }

        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw new SpecificationException($"{source}: expected one YAML mapping with the keys of a run specification");
        }

        var binder = new YamlBinder(source, baseFolder);
        var specification = (RunSpecification)binder.Bind(root, typeof(RunSpecification), "");
        Validate(specification, source);
        return specification;
    }

    private static void Validate(RunSpecification specification, string source)
    {
        void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new SpecificationException($"{source}: {message}");
            }
        }

        Require(
            (specification.Model.Onnx is null) != (specification.Model.Yolov6 is null),
            "model needs exactly one of 'onnx' (a file) and 'yolov6' (a network of this project)");
        Require(
            specification.Model.Yolov6 is null || specification.Model.InputSize % 32 == 0,
            $"model.inputSize is {specification.Model.InputSize}: a YOLOv6 needs a multiple of 32 (or 0 for its own 640)");
        Require(specification.Data.Validation.Count > 0, "data.validation names no data set: AP could not be measured");
        Require(specification.Data.Calibration.Count > 0, "data.calibration names no data set: ranges could not be collected");
        Require(
            (specification.Qat is null && specification.Train is null) || specification.Data.Training.Count > 0,
            "data.training names no data set: name one, or switch training off with 'qat: null'");
        Require(specification.Calibration.Methods.Count > 0, "calibration.methods is empty");
        foreach (var dataset in specification.Data.Calibration.Concat(specification.Data.Training).Concat(specification.Data.Validation))
        {
            var kinds = new[] { dataset.Annotations, dataset.Yolo, dataset.Synthetic as object }.Count(kind => kind is not null);
            Require(kinds == 1, "each data set needs exactly one of 'annotations' (with 'images'), 'yolo' and 'synthetic'");
            Require(dataset.Synthetic is not { } generated || generated.Smallest <= generated.Largest, "synthetic: 'smallest' is above 'largest'");
            Require(dataset.Annotations is null || dataset.Images is not null, $"data set {dataset.Annotations}: 'images', the folder of its pictures, is missing");
        }
    }
}
