using QatPipeline.Foundation;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Stages.Datasets;

/// <summary>
/// Takes in the model that a run names. It is parsed first: what is no model, such as a key or a list of passwords, must not get into the
/// store, from where everybody gets it.
/// </summary>
internal static class ModelFiles
{
    /// <exception cref="StageInputException">A file is not what the specification says it is.</exception>
    public static void Take(IStageContext context)
    {
        var model = context.Specification.Model;
        Take(context, model.Onnx, ArtifactNames.ModelSource, copy => RequireFloat(ModelImporter.Read(copy), model.Onnx!));
        Take(
            context,
            model.Yolov6?.Checkpoint,
            ArtifactNames.ModelSource,
            copy => _ = CheckpointFile.TryRead(copy) as object ?? OnnxReader.Read(copy));
        Take(context, model.Yolov6?.Scales, ArtifactNames.ModelScales, copy => CheckpointFile.Read(copy));
    }

    private static void RequireFloat(Graph graph, string source)
    {
        if (ModelImporter.FindQuantized(graph) is { } node)
        {
            throw new StageInputException(
                $"{source}: The model is quantized already ({node}), and a run starts from a float one: give the model it was made of, or "
                + $"take its quantization out with 'qat optimize {source} --target float -o float.onnx'.");
        }
    }

    private static void Take(IStageContext context, string? source, string artifact, Action<string> parse)
    {
        if (source is null)
        {
            return;
        }

        var copy = context.OutputPath(artifact);
        try
        {
            WholeModel.Copy(source, copy);
            parse(copy);
        }
        catch (InputException exception)
        {
            // The copy is what must be sound, and the original what the user knows.
            File.Delete(copy);
            throw new StageInputException(exception.Message.Replace(copy, source, StringComparison.Ordinal));
        }
    }
}
