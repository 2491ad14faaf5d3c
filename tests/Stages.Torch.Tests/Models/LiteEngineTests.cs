using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>
/// The INT8 engine of a network with float layers between those on integers beside its simulation, which rounds their float sums in another
/// order.
/// </summary>
[Trait("Category", "Slow")]
public sealed class LiteEngineTests(CalibratedLite lite, ITestOutputHelper output) : IClassFixture<CalibratedLite>
{
    private const double MostDifferent = 0.005;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Codes_OfEveryTensorFromTheSameCodes_DifferByAtMostOneAndHardlyAnywhere()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var batch = await lite.BatchAsync(Token);

        var tensors = await OrtTensorAgreement.CompareAsync(
            lite.Model, new OrtCpuOptions { Threads = 1 }, batch.Pixels, batch.Count, Token);

        Assert.Equal(lite.Model.Nodes.Count(node => node.Is("QuantizeLinear")), tensors.Count);
        Assert.All(tensors, tensor => Assert.InRange(tensor.DifferentShare, 0, MostDifferent));
        Assert.All(tensors, tensor => Assert.InRange(tensor.LargestDifference, 0, 1));
    }

    /// <summary>
    /// Where each network computes its own codes from the picture on, float sums that are rounded in another order move single codes, and
    /// every layer multiplies these: two simulations without one integer kernel differ as much as the engine does, and one that has the
    /// engine's float kernels differs by a small part of that.
    /// </summary>
    [Fact]
    public async Task Codes_RunningFreely_DifferByWhatFloatLayersRound()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var batch = await lite.BatchAsync(Token);
        var codes = new FreeRunningCodes(lite.Model);
        var path = lite.Folder.PathOf("observed.onnx");
        OnnxWriter.Write(codes.Observed, path);

        var engine = Run(path, batch, codes.Outputs, GraphOptimizationLevel.ORT_ENABLE_ALL, isInteger: true);
        var sameFloatKernels = Run(path, batch, codes.Outputs, GraphOptimizationLevel.ORT_ENABLE_ALL, isInteger: false);
        var asWritten = Run(path, batch, codes.Outputs, GraphOptimizationLevel.ORT_DISABLE_ALL, isInteger: false);
        var simulated = TorchThread.Run(() => CalibratedSample.Simulate(lite.Graph, batch, codes.Values));

        double Share(string name, float[][] first, float[][] second)
        {
            var agreement = codes.Compare(first, second);
            output.WriteLine($"{name}: {agreement.DifferentShare:P2} of {agreement.Count} codes differ");
            return agreement.DifferentShare;
        }

        Share("simulation in LibTorch, engine", simulated, engine);
        var plain = Share("model as it is written, engine", asWritten, engine);
        var withoutIntegers = Share("model as it is written, model with the engine's float kernels", asWritten, sameFloatKernels);
        var explained = Share("model with the engine's float kernels, engine", sameFloatKernels, engine);
        Assert.InRange(withoutIntegers, plain / 2, 1);
        Assert.InRange(explained, 0, plain / 3);
    }

    private static float[][] Run(string path, ImageBatch batch, string[] outputs, GraphOptimizationLevel level, bool isInteger)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = level };
        if (!isInteger)
        {
            options.AddSessionConfigEntry("session.disable_quant_qdq", "1");
        }

        using var session = new InferenceSession(path, options);
        var results = outputs.Select(_ => new List<float>()).ToArray();
        var length = batch.Pixels.Length / batch.Count;
        for (var image = 0; image < batch.Count; image++)
        {
            var pixels = new DenseTensor<float>(batch.Pixels.Slice(image * length, length).ToArray(), [1, 3, batch.Height, batch.Width]);
            using var values = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0], pixels)], outputs);
            foreach (var (position, value) in values.Index())
            {
                results[position].AddRange(value.AsTensor<float>().ToArray());
            }
        }

        return [.. results.Select(values => values.ToArray())];
    }
}
