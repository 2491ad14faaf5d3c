using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;
using static TorchSharp.torch;

namespace QatPipeline.Benchmarks.FakeQuantization;

/// <summary>One forward and backward pass, float and fake-quantized in three ways.</summary>
internal static class TrainingStep
{
    public static IReadOnlyList<(string Name, double Milliseconds)> Measure(Graph graph, int batch, int size, int rounds)
    {
        manual_seed(1);
        using var images = rand(batch, 3, size, size);
        using var plain = NetworkFor(graph, ExecutionMode.Float);
        using var frozen = NetworkFor(graph, ExecutionMode.FakeQuantize);
        using var refreshed = NetworkFor(graph, ExecutionMode.FakeQuantize);
        refreshed.RefreshesWeightRanges = true;
        using var learned = NetworkFor(graph, ExecutionMode.FakeQuantize);
        learned.LearnRanges();
        return Comparison.Measure(
            rounds,
            ("float", () => Step(plain, images)),
            ("fake-quantized", () => Step(frozen, images)),
            ("weight ranges refreshed", () => Step(refreshed, images)),
            ("activation ranges learned", () => Step(learned, images)));
    }

    private static TorchNetwork NetworkFor(Graph graph, ExecutionMode mode) =>
        new(graph, CPU) { Mode = mode, IsTraining = true, UsesBatchStatistics = true };

    private static void Step(TorchNetwork network, Tensor images)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in network.Parameters)
        {
            parameter.Value.grad?.zero_();
        }

        network.Forward(images).Values.Single().mean().backward();
    }
}
