using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using static TorchSharp.torch;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The demo's INT8 engine beside the network that calibration and training simulate, each running freely.</summary>
public sealed class DemoEngineTests : IDisposable
{
    private const string Compared = "_compared";
    private const int Images = 8;
    private const double MostDifferent = 0.005;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Codes_DifferByAtMostOneAndHardlyAnywhere()
    {
        var specification = Small(RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", "demo", "run.yaml")));
        var context = new FolderContext(specification, _folder.FullName);
        await new DatasetStage().ExecuteAsync(context, Token);
        await new CalibrateStage(new LocalImageSource()).ExecuteAsync(context, Token);
        var graph = OnnxReader.Read(_folder.PathOf(ArtifactNames.PtqGraph));
        var model = TargetRegistry.Build(graph, "ort-cpu").Graph;
        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), Token);
        var run = new DetectionRun(new LocalImageSource(), specification, index, RunDetector.Of(graph, specification));
        var batches = new LocalImageSource()
            .ReadAsync(specification, DatasetSplit.Validation, index.Validation, run.Protocol, Images, Token);
        var agreement = new CodeAgreement();

        await foreach (var batch in batches)
        {
            using (batch)
            {
                await CompareAsync(graph, model, batch, agreement);
            }
        }

        Assert.NotEqual(0, agreement.Count);
        Assert.InRange(agreement.DifferentShare, 0, MostDifferent);
        Assert.InRange(agreement.LargestDifference, 0, 1);
    }

    private static RunSpecification Small(RunSpecification demo)
    {
        static DatasetSpecification Of(IReadOnlyList<DatasetSpecification> data, int images) =>
            new() { Synthetic = data[0].Synthetic! with { Images = images } };

        return demo with
        {
            Data = new DataSpecification
            {
                Calibration = [Of(demo.Data.Calibration, 32)],
                Validation = [Of(demo.Data.Validation, Images)],
            },
            Calibration = demo.Calibration with { Methods = ["percentile"], Method = "percentile", BiasCorrection = false },
            Partial = demo.Partial with { Enabled = false, AnalysisImages = 1 },
            Qat = null,
        };
    }

    private async Task CompareAsync(Graph graph, Graph model, ImageBatch batch, CodeAgreement agreement)
    {
        var tensors = model.Nodes.Where(node => node.Is("QuantizeLinear")).ToArray();
        var expected = TorchThread.Run(() => Simulated(graph, batch, [.. tensors.Select(node => node.Inputs[0])]));
        var observed = model.Clone();
        foreach (var node in tensors)
        {
            var output = node.Outputs[0] + Compared;
            observed.Nodes.Add(new Node(output, "DequantizeLinear", [node.Outputs[0], .. node.Inputs[1..]], [output]));
            observed.Outputs.Add(new ValueInfo(output, ElementType.Float, null));
        }

        OnnxWriter.Write(observed, _folder.PathOf("observed.onnx"));
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = 1 });
        var built = await backend.BuildAsync(
            new EngineBuildRequest
            {
                OnnxPath = _folder.PathOf("observed.onnx"),
                OutputFolder = _folder.FullName,
                Name = "observed",
                Precision = EnginePrecision.Int8,
            },
            Token);
        using var engine = backend.Load(built.Engines[0].Path);
        var actual = engine.Run(batch.Pixels, batch.Count, [.. tensors.Select(node => node.Outputs[0] + Compared)]);
        foreach (var (position, node) in tensors.Index())
        {
            agreement.Add(expected[position], actual[position].Values, new QuantizationParameters(
                model.Initializers[node.Inputs[1]].As<float>()[0],
                model.Initializers[node.Inputs[2]].As<byte>()[0],
                byte.MinValue,
                byte.MaxValue));
        }
    }

    private static float[][] Simulated(Graph graph, ImageBatch batch, string[] values)
    {
        using var network = new TorchNetwork(graph) { Mode = ExecutionMode.FakeQuantize };
        using var scope = NewDisposeScope();
        var pixels = batch.ToPixels().ToTensor(network.Device);
        var inner = network.Forward(pixels, [.. values.Where(value => !network.Inputs.Contains(value))]);
        return [.. values.Select(value => QatPipeline.Torch.TensorConversion.ToFloats(inner.GetValueOrDefault(value, pixels)))];
    }
}
