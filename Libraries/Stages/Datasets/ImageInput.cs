using QatPipeline.Engines;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Stages.Datasets;

/// <summary>What a run needs to know of a model's image input.</summary>
public static class ImageInput
{
    /// <summary>Side of the square input in pixels: the specification's, else the model's own.</summary>
    /// <exception cref="SpecificationException">Neither says, or both differ.</exception>
    public static int SizeOf(Graph graph, RunSpecification specification)
    {
        var input = graph.Inputs.FirstOrDefault(value => !graph.Initializers.ContainsKey(value.Name))
            ?? throw new SpecificationException($"Model '{graph.Name}' has no input.");
        return SizeOf(input, specification, NominalSize.Of(graph));
    }

    /// <summary>Side of the square input in pixels: the specification's, else the engine's own.</summary>
    /// <exception cref="SpecificationException">Neither says, or both differ.</exception>
    public static int SizeOf(EngineTensorInfo input, RunSpecification specification) => SizeOf(
        new ValueInfo(
            input.Name,
            ElementType.Float,
            [.. input.Shape.Select(size => size > 0 ? Dimension.ToDimension(size) : default)]),
        specification,
        nominal: null);

    private static int SizeOf(ValueInfo input, RunSpecification specification, (int Height, int Width)? nominal)
    {
        var wanted = specification.Model.InputSize;
        if (input.Shape is not [_, { Value: null or 3 }, var height, var width])
        {
            throw new SpecificationException($"The model's input {input} is not a batch of pictures [N,3,H,W].");
        }

        return (height.Value, width.Value) switch
        {
            ({ } h, { } w) when h != w => throw new SpecificationException($"The model's input {input} is not square."),
            ({ } h, _) when wanted > 0 && h != wanted =>
                throw new SpecificationException($"model.inputSize is {wanted}, but the model's input {input} is fixed at {h}."),
            ({ } h, _) => (int)h,
            _ when wanted > 0 => wanted,
            _ when nominal is var (side, _) => side,
            _ => throw new SpecificationException($"The model's input {input} leaves its size open: set model.inputSize."),
        };
    }
}
