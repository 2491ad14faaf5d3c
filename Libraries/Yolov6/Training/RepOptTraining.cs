using QatPipeline.Graphs;
using QatPipeline.Torch.Distillation;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training;

/// <summary>One stage of a training from scratch.</summary>
/// <param name="Options">How it is trained.</param>
/// <param name="Batches">With <see cref="DetectionLabels"/> as labels.</param>
/// <param name="Evaluate">Scores the graph with averaged weights; null for no evaluation.</param>
/// <param name="Progress">Receives every step.</param>
public sealed record TrainingStage(
    Yolov6TrainingOptions Options,
    ITrainingBatches Batches,
    Func<Graph, CancellationToken, Task<double>>? Evaluate = null,
    IProgress<TrainingProgress>? Progress = null);

/// <summary>
/// Trains a RepOpt network from scratch: hyper-search finds the scales, then the plain network is re-initialised by them and trained with
/// RepOptimizer (reference 3). Both stages keep a checkpoint an epoch in the working folder, and a run that was stopped goes on there with
/// the bits of an unbroken one.
/// </summary>
/// <param name="folder">Working folder of this one training.</param>
/// <param name="device">Where to train; CUDA if there is one by default.</param>
public sealed class RepOptTraining(string folder, Device? device = null)
{
    /// <summary>The scales found, in the working folder.</summary>
    public const string ScaleFile = "scales.safetensors";

    private const string SearchCheckpoint = "hyper-search.checkpoint";
    private const string TargetCheckpoint = "repopt.checkpoint";

    /// <param name="network">Size and classes; the form is chosen by the stages.</param>
    /// <param name="search">The hyper-search stage.</param>
    /// <param name="target">The stage that trains the RepOpt network.</param>
    /// <param name="cancellationToken">Ends between two steps.</param>
    /// <returns>The trained RepOpt network and the scales it was trained with.</returns>
    /// <exception cref="CheckpointException">A file of the working folder belongs to another training.</exception>
    public async Task<(Yolov6TrainingResult Result, RepScales Scales)> RunAsync(
        Yolov6Options network, TrainingStage search, TrainingStage target, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        var scales = await FindScalesAsync(network, search, cancellationToken);
        var graph = Yolov6Network.Build(network with { Form = Yolov6Form.RepOpt }).Graph;
        using var trainer = new Yolov6Trainer(graph, target.Options with { Reinitialize = true }, scales, device: device);
        return (await TrainAsync(trainer, target, TargetCheckpoint, cancellationToken), scales);
    }

    private async Task<RepScales> FindScalesAsync(Yolov6Options network, TrainingStage search, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, ScaleFile);
        if (File.Exists(file))
        {
            return RepScales.From(SafetensorsFile.Read(file));
        }

        var graph = Yolov6Network.Build(network with { Form = Yolov6Form.HyperSearch }).Graph;
        using var trainer = new Yolov6Trainer(graph, search.Options, device: device);
        var found = await TrainAsync(trainer, search, SearchCheckpoint, cancellationToken);
        var scales = RepScales.From(Yolov6Weights.Read(found.Graph));
        SafetensorsFile.Write(file, scales.ToState());
        return scales;
    }

    private async Task<Yolov6TrainingResult> TrainAsync(Yolov6Trainer trainer, TrainingStage stage, string name, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, name);
        if (File.Exists(file))
        {
            using var saved = File.OpenRead(file);
            trainer.Load(saved);
        }

        var callbacks = new Yolov6TrainingCallbacks
        {
            Evaluate = stage.Evaluate,
            Progress = stage.Progress,
            Checkpoint = (save, _) => Replace(file, save),
        };
        return await trainer.TrainAsync(stage.Batches, callbacks, cancellationToken);
    }

    // A checkpoint is there whole or not at all.
    private static Task Replace(string file, Action<Stream> save)
    {
        var partial = file + ".partial";
        using (var stream = File.Create(partial))
        {
            save(stream);
        }

        File.Move(partial, file, overwrite: true);
        return Task.CompletedTask;
    }
}
