using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class TensorAgreementTests : IDisposable
{
    private static readonly OrtCpuOptions OneThread = new() { Threads = 1 };

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compare_ListsEveryQuantizedTensorInOrder_TheInputBitExact()
    {
        var model = OnnxReader.Read(TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null));

        var tensors = await OrtTensorAgreement.CompareAsync(model, OneThread, TinyModels.Images(2, seed: 3), 2, Cancel);

        Assert.Equal(["images_codes", "r0_raw_codes", "r1_raw_codes", "r2_raw_codes"], tensors.Select(tensor => tensor.Tensor));
        Assert.Equal(["images", "relu0", "relu1", "relu2"], tensors.Select(tensor => tensor.Producer));
        Assert.Equal(2 * 3 * TinyModels.Size * TinyModels.Size, tensors[0].Values);
        Assert.Equal(0, tensors[0].DifferentShare);
    }

    [Fact]
    public async Task Compare_WeightsOfSevenBits_CodesDifferByAtMostOne()
    {
        // With 8 bits, pairs of products may overflow the 16 bits in which processors without VNNI add them.
        var model = OnnxReader.Read(TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null));
        foreach (var scale in model.Initializers.Keys
            .Where(name => name.StartsWith('w') && name.EndsWith("_scale", StringComparison.Ordinal))
            .ToArray())
        {
            model.Initializers[scale] = Tensor.Scalar(2 * model.Initializers[scale].As<float>()[0]);
        }

        var tensors = await OrtTensorAgreement.CompareAsync(model, OneThread, TinyModels.Images(2, seed: 3), 2, Cancel);

        Assert.All(tensors, tensor => Assert.InRange(tensor.LargestDifference, 0, 1));
        Assert.All(tensors, tensor => Assert.Equal(0, tensor.FurtherShare));
    }

    [Fact]
    public async Task Compare_BiasThatOverflowsInTheRuntime_ShowsAtItsLayerAlone()
    {
        var model = OnnxReader.Read(TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null));
        foreach (var (name, factor) in new[] { ("w0_scale", 2f), ("w1", 1e-6f), ("w1_scale", 2e-6f), ("w2_scale", 2f) })
        {
            var tensor = model.Initializers[name];
            model.Initializers[name] = Tensor.FromFloats(
                tensor.Dimensions, Array.ConvertAll(tensor.ToFloats(), value => value * factor));
        }

        model.Initializers["b1"] = Tensor.FromFloats([TinyModels.Channels], [.. Enumerable.Repeat(0.5f, TinyModels.Channels)]);

        var tensors = await OrtTensorAgreement.CompareAsync(model, OneThread, TinyModels.Images(2, seed: 3), 2, Cancel);

        Assert.Equal(["r1_raw_codes"], tensors.Where(tensor => tensor.LargestDifference > 1).Select(tensor => tensor.Tensor));
        var error = Assert.Throws<EngineException>(() => AgreementGate.Require(model, tensors));
        Assert.Contains("begins at node 'relu1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithOutputs_KeepsEveryIntegerOperator()
    {
        var model = OnnxReader.Read(TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null));
        OnnxWriter.Write(OrtTensorAgreement.WithOutputs(model), _folder.PathOf("outputs.onnx"));

        var built = await new OrtCpuBackend(OneThread).BuildAsync(
            new EngineBuildRequest
            {
                OnnxPath = _folder.PathOf("outputs.onnx"),
                OutputFolder = _folder.FullName,
                Name = "engine",
                Precision = EnginePrecision.Int8,
            },
            Cancel);

        Assert.Equal(3, OnnxReader.Read(built.Engines[0].Path).Nodes.Count(node => node.OpType == "QLinearConv"));
    }

    [Fact]
    public async Task Compare_FloatModel_HasNothingToCompare()
    {
        var model = OnnxReader.Read(TinyModels.WriteFloat(_folder.PathOf("f.onnx"), batch: null));
        Assert.Empty(await OrtTensorAgreement.CompareAsync(model, OneThread, TinyModels.Images(1, seed: 3), 1, Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
