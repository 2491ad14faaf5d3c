using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Stages.Torch.Models;

/// <summary>A quantized YOLOv6 as a checkpoint with ranges, for those who go on elsewhere or another day.</summary>
internal static class QuantizedCheckpointArtifact
{
    /// <summary>Writes it; does nothing for graphs that such a checkpoint cannot describe.</summary>
    public static void Write(IStageContext context, string name, Graph graph)
    {
        if (QuantizedCheckpoint.TrySave(graph) is { } state)
        {
            SafetensorsFile.Write(context.OutputPath(name), state);
        }
    }
}
