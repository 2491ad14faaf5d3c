using QatPipeline.Graphs.Model;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.PostTraining;
using static TorchSharp.torch;

namespace QatPipeline.Benchmarks.FakeQuantization;

/// <summary>One forward pass, and the same pass while the statistics of all calibration methods are collected.</summary>
internal static class CalibrationPass
{
    public static IReadOnlyList<(string Name, double Milliseconds)> Measure(Graph graph, int batch, int size, int rounds)
    {
        var random = new Random(1);
        var pixels = new float[batch * 3 * size * size];
        for (var index = 0; index < pixels.Length; index++)
        {
            pixels[index] = random.NextSingle();
        }

        var images = new PixelBatch(pixels, batch, 3, size, size);
        using var network = new TorchNetwork(graph, CPU);
        using var calibrator = new Calibrator(graph, device: CPU);
        return Comparison.Measure(
            rounds, ("forward pass", () => Forward(network, images)), ("collecting, all methods", () => calibrator.Collect(images)));
    }

    private static void Forward(TorchNetwork network, PixelBatch images)
    {
        using var scope = NewDisposeScope();
        network.Forward(images.ToTensor(CPU));
    }
}
