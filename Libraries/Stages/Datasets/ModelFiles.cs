using QatPipeline.Foundation;
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
        Take(context, model.Onnx, ArtifactNames.ModelSource, copy => OnnxReader.Read(copy));
        Take(
            context,
            model.Yolov6?.Checkpoint,
            ArtifactNames.ModelSource,
            copy => _ = CheckpointFile.TryRead(copy) as object ?? OnnxReader.Read(copy));
        Take(context, model.Yolov6?.Scales, ArtifactNames.ModelScales, copy => CheckpointFile.Read(copy));
    }

    private static void Take(IStageContext context, string? source, string artifact, Action<string> parse)
    {
        if (source is null)
        {
            return;
        }

        var copy = context.OutputPath(artifact);
        File.Copy(source, copy, overwrite: true);
        try
        {
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
