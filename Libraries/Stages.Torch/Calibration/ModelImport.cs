using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Passes;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Torch.Operators;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Reads the float model of a run, checks and simplifies it before anything is measured on it.</summary>
internal static class ModelImport
{
    /// <summary>The artifact that holds the model; none for a fresh network that is not trained.</summary>
    public static IReadOnlyList<string> Inputs(RunSpecification specification) => specification switch
    {
        { Train: not null } => [ArtifactNames.TrainedModel],
        { Model: { Onnx: not null } or { Yolov6.Checkpoint: not null } } => [ArtifactNames.ModelSource],
        _ => [],
    };

    /// <exception cref="GraphException">The model cannot be quantized; the message says why.</exception>
    /// <exception cref="Yolov6.Checkpoints.CheckpointException">The weights are not those of the network.</exception>
    public static async Task<Graph> ReadAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var file = Inputs(specification) is [var name] ? await context.OpenInputAsync(name, cancellationToken) : null;
        if (specification.Train is not null || specification.Model.Onnx is not null)
        {
            var graph = ModelImporter.Read(file!);
            PictureInput.Apply(graph);
            ImageInput.Require(graph, specification);
            return Prepare(graph);
        }

        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        return Prepare(Yolov6Models.Build(specification, index.Categories.Count, file));
    }

    /// <exception cref="GraphException">The model cannot be quantized; the message says why.</exception>
    public static Graph Prepare(Graph graph)
    {
        foreach (var (name, tensor) in graph.Initializers)
        {
            if (tensor.Type == ElementType.Float && tensor.As<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new GraphException(
                    $"The model's constant '{name}' holds NaN or infinite values: export the model again from sound weights.");
            }
        }

        if (!graph.Nodes.Exists(node => node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm") || node.Is("MatMul")))
        {
            throw new GraphException($"Model '{graph.Name}' has no Conv, ConvTranspose, Gemm or MatMul: there is nothing to quantize.");
        }

        GraphSimplifier.Simplify(graph);
        SupportedOperators.Require(graph);
        return graph;
    }
}
