using QatPipeline.Graphs.Model;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// Trains a RepOpt network: hyper-search finds the scales, then the plain network is re-initialised by them and trained with RepOptimizer
/// (reference 3). A training that was stopped goes on from the store with the bits of an unbroken one.
/// </summary>
/// <param name="store">Keeps the checkpoints of this one training.</param>
/// <param name="device">Where to train; CUDA if there is one by default.</param>
public sealed class RepOptTraining(ITrainingStore store, Device? device = null)
{
    /// <summary>The scales found, in the store.</summary>
    public const string ScaleFile = "scales.safetensors";

    /// <summary>The scales of the hyper-search, from the store where it is through.</summary>
    /// <param name="network">Size and classes; the form is chosen here.</param>
    /// <param name="search">How to search.</param>
    /// <param name="cancellationToken">Ends between two steps.</param>
    /// <exception cref="CheckpointException">What the store holds belongs to another training.</exception>
    public async Task<RepScales> FindScalesAsync(Yolov6Options network, TrainingStage search, CancellationToken cancellationToken = default)
    {
        var known = await store.OpenAsync(ScaleFile, cancellationToken);
        if (known is not null)
        {
            await using (known)
            {
                return RepScales.From(SafetensorsFile.Read(known, ScaleFile, out _));
            }
        }

        var graph = Yolov6Network.Build(network with { Form = Yolov6Form.HyperSearch }).Graph;
        using var trainer = new Yolov6Trainer(graph, search.Options, device: device);
        var found = await search.RunAsync(trainer, store, cancellationToken);
        var scales = RepScales.From(Yolov6Weights.Read(found.Graph));
        await store.WriteAsync(ScaleFile, stream => SafetensorsFile.Write(stream, scales.ToState()), cancellationToken);
        return scales;
    }

    /// <summary>The trained RepOpt network.</summary>
    /// <param name="network">Size and classes; the form is chosen here.</param>
    /// <param name="scales">Of the same network.</param>
    /// <param name="target">How to train.</param>
    /// <param name="start">Weights to go on from; null to start from the scales.</param>
    /// <param name="cancellationToken">Ends between two steps.</param>
    /// <exception cref="CheckpointException">What the store holds, or the scales, belong to another network.</exception>
    public async Task<Yolov6TrainingResult> TrainAsync(
        Yolov6Options network, RepScales scales, TrainingStage target, Graph? start = null, CancellationToken cancellationToken = default)
    {
        var graph = start ?? Yolov6Network.Build(network with { Form = Yolov6Form.RepOpt }).Graph;
        using var trainer = new Yolov6Trainer(graph, target.Options with { Reinitialize = start is null }, scales, device: device);
        return await target.RunAsync(trainer, store, cancellationToken);
    }
}
