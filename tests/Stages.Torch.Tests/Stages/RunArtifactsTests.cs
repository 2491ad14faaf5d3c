using System.Globalization;
using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Stages.Torch.Tests.Models;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Tests.Stages;

/// <summary>
/// The files of a trained run agree with the network that was trained, with each other and with the certificate, as a reader finds who knows
/// the formats and formulas alone.
/// </summary>
public sealed class RunArtifactsTests : IDisposable
{
    /// <summary>Dividing by a scale that was itself rounded can miss a half by this much of a code.</summary>
    private const double NearHalf = 0.5 + 1e-3;

    private static readonly RunSpecification Demo =
        RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", "demo", "run.yaml"));

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("default")]
    [InlineData("strict")]
    public async Task TensorRt_CachePairsAndCertificate_AreTheTrainedNetworks(string profile)
    {
        await RunAsync(TargetNames.TensorRt, profile);
        var network = Read(ArtifactNames.QatGraph);
        var (pairs, plain) = (Read(ArtifactNames.TensorRtQdqForm), Read(ArtifactNames.TensorRtImplicitForm));
        var cache = File.ReadLines(_folder.PathOf(ArtifactNames.CalibrationCache)).Skip(1).Where(line => line.Length > 0).ToDictionary(
            line => line[..line.LastIndexOf(": ", StringComparison.Ordinal)],
            line => (double)BitConverter.Int32BitsToSingle(int.Parse(
                line[(line.LastIndexOf(' ') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

        var quantizers = pairs.Nodes.Where(node => node.Operator == "QuantizeLinear").ToLookup(
            node => pairs.Tensors.ContainsKey(node.Inputs[0]));

        Assert.NotEmpty(quantizers[false]);
        Assert.All(quantizers[false], node => Assert.Equal(pairs.Tensors[node.Inputs[1]].Values.Single(), cache[node.Inputs[0]]));
        Assert.NotEmpty(quantizers[true]);
        Assert.All(quantizers[true], node =>
        {
            var (written, scales) = (pairs.Tensors[node.Inputs[0]].Values, pairs.Tensors[node.Inputs[1]].Values);
            var inner = written.Length / scales.Length;
            double[] codes = [.. written.Select((value, position) => Math.Round(value / scales[position / inner]))];
            var layer = ReaderOf(pairs, ReaderOf(pairs, node.Outputs[0]).Outputs[0]);
            var folded = WireLayer.Of(network, layer.Outputs[0]);
            Assert.InRange(WireLayer.LargestRest(folded.Weight, codes, scales, largest: 127), 0, NearHalf);
            Assert.All(
                folded.Bias.Zip(pairs.Tensors[layer.Inputs[2]].Values),
                pair => Assert.Equal(pair.First, pair.Second, 1e-5 * (1 + Math.Abs(pair.First))));

            // The builder takes the largest magnitude of a channel where no scale is given.
            var implicitCodes = plain.Tensors[node.Inputs[0]].Values.Chunk(inner)
                .SelectMany(channel => channel.Select(value => Math.Round(value / (channel.Max(Math.Abs) / 127))));
            Assert.Equal(codes, implicitCodes);
        });
        AssertCertified(
            "tensorrt-qdq", quantizers[false].Count(), quantizers[true].Sum(node => pairs.Tensors[node.Inputs[0]].Values.Length));
        await AssertSimulatedAsync();
    }

    [Fact]
    public async Task OrtCpu_CodesAndCertificate_AreTheTrainedNetworks()
    {
        await RunAsync(TargetNames.OrtCpu, "default");
        var (network, file) = (Read(ArtifactNames.QatGraph), Read(ArtifactNames.OrtCpuForm));

        // A transposed convolution is another operator there.
        var layers = file.Nodes
            .Where(node => node.Operator == "Conv" && file.ProducerOf(node.Inputs[1])?.Operator == "DequantizeLinear"
                && network.Nodes.Any(layer => layer.Outputs[0] == node.Outputs[0] || layer.Outputs[0] == $"{node.Outputs[0]}_detached"))
            .ToArray();

        Assert.NotEmpty(layers);
        Assert.All(layers, layer =>
        {
            var folded = WireLayer.Of(network, layer.Outputs[0]);
            var (input, weight, bias) =
                (file.ProducerOf(layer.Inputs[0])!, file.ProducerOf(layer.Inputs[1])!, file.ProducerOf(layer.Inputs[2])!);
            var (inputScale, scales) = (file.Tensors[input.Inputs[1]].Values.Single(), file.Tensors[weight.Inputs[1]].Values);
            Assert.InRange(
                WireLayer.LargestRest(folded.Weight, file.Tensors[weight.Inputs[0]].Values, scales, largest: 127), 0, NearHalf);
            double[] biasScales = [.. scales.Select(scale => (double)((float)inputScale * (float)scale))];
            Assert.Equal(biasScales, file.Tensors[bias.Inputs[1]].Values);
            Assert.InRange(
                WireLayer.LargestRest(folded.Bias, file.Tensors[bias.Inputs[0]].Values, biasScales, largest: int.MaxValue), 0, NearHalf);
        });
        AssertCertified(
            "ort-cpu", activations: null, file.Nodes.Where(node => node.Operator == "DequantizeLinear")
                .Select(node => file.Tensors.GetValueOrDefault(node.Inputs[0])).Where(tensor => tensor is { Type: 3, Dimensions.Length: 4 })
                .Sum(tensor => tensor!.Bytes.Length));
    }

    private static WireNode ReaderOf(WireModel model, string value) => model.Nodes.Single(node => node.Inputs.Contains(value));

    private WireModel Read(string artifact) => WireModel.Read(_folder.PathOf(artifact));

    private void AssertCertified(string form, int? activations, int weightCodes)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.PathOf(ArtifactNames.EqualityCertificate)));
        var certificate = json.RootElement.EnumerateArray().Single(item => item.GetProperty("form").GetString() == form);
        Assert.Equal(0, certificate.GetProperty("differences").GetArrayLength());
        Assert.Equal(activations ?? certificate.GetProperty("activations").GetInt32(), certificate.GetProperty("activations").GetInt32());
        Assert.Equal(weightCodes, certificate.GetProperty("weightCodes").GetInt32());
    }

    /// <summary>The file with Q/DQ nodes, run as it is written, gives what the trained network gives, fake-quantized.</summary>
    private async Task AssertSimulatedAsync()
    {
        var graph = OnnxReader.Read(_folder.PathOf(ArtifactNames.QatGraph));
        var specification = Specification(TargetNames.TensorRt, "default");
        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), Token);
        var protocol = RunDetector.Of(graph, specification).ProtocolOf(specification);
        using var batch = await new LocalImageSource()
            .ReadAsync(specification, DatasetSplit.Validation, index.Validation, protocol, index.Validation.Count, Token)
            .FirstAsync(Token);
        var expected = TorchThread.Run(() => CalibratedSample.Simulate(graph, batch, [graph.Outputs[0].Name])[0]);
        using var written = new OrtCpuBackend(new OrtCpuOptions { Threads = 1 }).Load(_folder.PathOf(ArtifactNames.TensorRtQdqForm));

        var actual = written.Run(batch.Pixels, batch.Count)[0].Values;

        // A value within rounding error of a half becomes another code, and that others further on: single numbers may differ.
        var difference = expected.Zip(actual).Average(pair => Math.Abs(pair.First - pair.Second));
        Assert.InRange(difference / expected.Average(Math.Abs), 0, 0.005);
    }

    private static RunSpecification Specification(string target, string profile) => new()
    {
        Name = "artifacts",
        Model = Demo.Model,
        Data = new DataSpecification { Calibration = [Pictures(8, 1)], Training = [Pictures(8, 1)], Validation = [Pictures(2, 2)] },
        Targets = [target],
        Calibration = new CalibrationSpecification { Methods = ["max"], Method = "max", BiasCorrection = false, WeightBits = 8 },
        Partial = new PartialSpecification { Enabled = false, AnalysisImages = 1 },
        Qat = new QatSpecification { Epochs = 1, Batch = 4, Profile = profile },
    };

    private async Task RunAsync(string target, string profile)
    {
        var specification = Specification(target, profile);
        var images = new LocalImageSource();
        IStage[] stages = [new DatasetStage(), new CalibrateStage(images), new QatStage(images), new OptimizeStage()];
        foreach (var stage in stages)
        {
            await stage.ExecuteAsync(new FolderContext(specification, _folder.FullName), Token);
        }
    }

    private static DatasetSpecification Pictures(int images, int seed) =>
        new() { Synthetic = Demo.Data.Validation[0].Synthetic! with { Images = images, Seed = seed } };
}
