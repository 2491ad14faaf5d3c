using QatPipeline.Engines;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Stages.Datasets;

/// <summary>What a run needs to know of a model's image input.</summary>
public static class ImageInput
{
    /// <summary>Height and width of the input in pixels: the specification's, else the model's own.</summary>
    /// <exception cref="SpecificationException">Neither says, or both differ.</exception>
    public static (int Height, int Width) SizeOf(Graph graph, RunSpecification specification) =>
        SizeOf(InputOf(graph), specification, NominalSize.Of(graph));

    /// <summary>Checks what can be seen of the input before anything is computed.</summary>
    /// <exception cref="SpecificationException">It is not one float picture, or its batch does not fit those of the specification.</exception>
    public static void Require(Graph graph, RunSpecification specification)
    {
        var input = RequirePicture(graph);
        if (ModelImporter.FindSuppression(graph) is { OpType: not "NonMaxSuppression" } plugin
            && specification.Targets.Contains(TargetNames.OrtCpu))
        {
            throw new SpecificationException(
                $"The model suppresses overlapping detections by a plugin of TensorRT ({plugin.OpType} '{plugin.Name}'), which ONNX Runtime "
                + $"does not have: set target to {TargetNames.TensorRt}, or export the model with NonMaxSuppression or without suppression, "
                + "which is done after the model then.");
        }

        if (graph.Outputs.Find(output => output.Type is not (ElementType.Float or ElementType.Int32 or ElementType.Int64)) is { } other)
        {
            throw new SpecificationException(
                $"The model's output {other} holds {other.Type}, but detections are read as Float (32 bits), classes as integers, too: take "
                + "it off the model's outputs, or export the model without its post-processing.");
        }

        if (input.Shape is not [{ Value: > 1 and var batch }, ..])
        {
            return;
        }

        foreach (var (key, sizes) in new (string, IReadOnlyList<int>)[]
        {
            ("build.batches", specification.Build.Batches),
            ("calibration.batch", [specification.Calibration.Batch]),
            ("evaluation.batch", [specification.Evaluation.Batch]),
        })
        {
            if (sizes.Any(size => size % batch != 0))
            {
                throw new SpecificationException(
                    $"{key} is {string.Join(", ", sizes)}, but the model's input {input} is fixed at a batch of {batch}: set {key} to "
                    + $"multiples of {batch}, or export the model with a batch of 1 or an open one.");
            }
        }
    }

    /// <summary>The only input, of pictures in float.</summary>
    /// <exception cref="SpecificationException">There are others, or it is of another type.</exception>
    internal static ValueInfo RequirePicture(Graph graph)
    {
        var input = InputOf(graph);
        return input.Type == ElementType.Float
            ? input
            : throw new SpecificationException(
                $"The model's input {input} holds {input.Type}, but pictures are given as Float (32 bits): export the model with a float "
                + "input; its weights may be of 16 bits.");
    }

    /// <summary>Height and width of the input in pixels: the specification's, else the engine's own.</summary>
    /// <exception cref="SpecificationException">Neither says, or both differ.</exception>
    public static (int Height, int Width) SizeOf(EngineTensorInfo input, RunSpecification specification) => SizeOf(
        new ValueInfo(
            input.Name,
            ElementType.Float,
            [.. input.Shape.Select(size => size > 0 ? Dimension.ToDimension(size) : default)]),
        specification,
        nominal: null);

    private static ValueInfo InputOf(Graph graph) => graph.Inputs.FindAll(value => !graph.Initializers.ContainsKey(value.Name)) switch
    {
        [var only] => only,
        [] => throw new SpecificationException($"Model '{graph.Name}' has no input."),
        var several => throw new SpecificationException(
            $"The model has the inputs {string.Join(", ", several.Select(input => input.Name))}, but a detector of one input is expected, "
            + "the picture: export it without the others (sizes or scales of pictures are for post-processing, which is done outside the "
            + "model), or make them constants."),
    };

    private static (int Height, int Width) SizeOf(ValueInfo input, RunSpecification specification, (int Height, int Width)? nominal)
    {
        (int Height, int Width) wanted = specification.Model switch
        {
            { Detector.Input.Size: [var rows, var columns] } => (rows, columns),
            { InputSize: > 0 and var size } => (size, size),
            _ => default,
        };
        if (input.Shape is not [_, { Value: null or 3 }, var height, var width])
        {
            throw new SpecificationException($"The model's input {input} is not a batch of pictures [N,3,H,W]: export it with the planes before height and width.");
        }

        return (height.Value, width.Value) switch
        {
            ({ } h, { } w) when wanted != default && wanted != (h, w) => throw new SpecificationException(
                $"The specification asks for an input of {wanted.Height}×{wanted.Width} pixels (model.inputSize, or model.detector.input.size), "
                + $"but the model's input {input} is fixed at {(h == w ? $"{h}" : $"{h}×{w}")}: leave that key out."),
            ({ } h, { } w) => ((int)h, (int)w),
            _ when wanted != default => wanted,
            _ when nominal is { } size => size,
            _ => throw new SpecificationException(
                $"The model's input {input} leaves its size open: set model.inputSize, or model.detector.input.size to height and width."),
        };
    }
}
