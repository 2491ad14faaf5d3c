using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>What a quantization-aware training begins with.</summary>
/// <param name="Teacher">The float network.</param>
/// <param name="Calibrated">The network to train.</param>
/// <param name="Evaluation">Of the run.</param>
internal sealed record QatInputs(Graph Teacher, Graph Calibrated, GraphEvaluation Evaluation)
{
    /// <param name="context">The stage's.</param>
    /// <param name="images">Where pictures come from.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<QatInputs> OpenAsync(IStageContext context, IImageSource images, CancellationToken cancellationToken)
    {
        var teacher = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatGraph, cancellationToken));
        return new QatInputs(
            teacher,
            OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.PtqGraph, cancellationToken)),
            await GraphEvaluation.OpenAsync(context, images, teacher, isKnown: true, cancellationToken));
    }
}
