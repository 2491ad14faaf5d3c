using QatPipeline.Torch.Parallel;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// The search for RepOptimizer's scales: a training of the network's hyper-search form (reference 3). One that was stopped goes on from the
/// store with the bits of an unbroken one.
/// </summary>
public static class HyperSearch
{
    /// <summary>The scales found, in the store.</summary>
    public const string ScaleFile = "scales.safetensors";

    /// <summary>The scales, from the store where an earlier search has finished.</summary>
    /// <param name="network">Size and classes; the form is chosen here.</param>
    /// <param name="options">How to search.</param>
    /// <param name="search">With what, and how it is kept.</param>
    /// <param name="store">Keeps the checkpoints of this one search.</param>
    /// <param name="device">Where to train; CUDA if there is one by default.</param>
    /// <param name="ranks">The processes that share each batch, with a store that they share; null for this one alone.</param>
    /// <param name="cancellationToken">Ends between two steps.</param>
    /// <exception cref="CheckpointException">What the store holds belongs to another training.</exception>
    public static async Task<RepScales> RunAsync(
        Yolov6Options network,
        Yolov6TrainingOptions options,
        TrainingStage search,
        ITrainingStore store,
        Device? device = null,
        ICollective? ranks = null,
        CancellationToken cancellationToken = default)
    {
        await using var known = await store.OpenAsync(ScaleFile, cancellationToken);
        if (known is not null)
        {
            return RepScales.From(SafetensorsFile.Read(known, ScaleFile, out _));
        }

        var graph = Yolov6Network.Build(network with { Form = Yolov6Form.HyperSearch }).Graph;
        using var trainer = Yolov6Training.Start(graph, options, device: device, ranks: ranks);
        var found = await search.RunAsync(trainer, store, cancellationToken);
        var scales = RepScales.From(Yolov6Weights.Read(found.Graph));
        await store.WriteAsync(ScaleFile, stream => SafetensorsFile.Write(stream, scales.ToState()), cancellationToken);
        return scales;
    }
}
