using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Tests.Support;
using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Tests.Parallel;

/// <summary>Fifty steps of a small quantization-aware training on batches of eight, by any number of ranks.</summary>
internal static class SharedTraining
{
    private const int Batch = 8;

    /// <summary>Everything that the training's state holds at its end.</summary>
    public static async Task<(byte[] State, Graph Graph)> RunAsync(
        ICollective ranks, bool sharesStatistics, CancellationToken cancellationToken)
    {
        var options = new QatOptions { Epochs = 2, LearningRate = 1e-3, FrozenBatchNormShare = 0.2 };
        using var trainer = DistillationTraining.Start(
            Network(), options, device: torch.CPU, ranks: ranks, sharesBatchStatistics: sharesStatistics);
        var result = await trainer.TrainAsync(new Batches(ranks), cancellationToken: cancellationToken);
        using var stream = new MemoryStream();
        trainer.Save(stream);
        return (stream.ToArray(), result.Graph);
    }

    // A bias in front of a batch normalization has a gradient of rounding alone, which would take it anywhere.
    private static Graph Network()
    {
        var graph = CoarseDetector.Create(withBatchNorm: true);
        graph.Nodes[0].Inputs.RemoveAt(2);
        graph.Initializers.Remove("conv0.bias");
        return graph;
    }

    private sealed class Batches(ICollective ranks) : ITrainingBatches
    {
        public int StepsPerEpoch => 25;

        public Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
        {
            var whole = SmallDetectors.Batch((1000 * epoch) + step, Batch);
            var share = ranks.ShareOf(whole.Pixels.Span).ToArray();
            return Task.FromResult(new TrainingInput(whole with { Pixels = share, Count = Batch / ranks.Size }));
        }
    }
}
