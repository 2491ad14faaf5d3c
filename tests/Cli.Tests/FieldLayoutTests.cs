using QatPipeline.Coco.Detections;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Cli.Tests;

/// <summary>Detectors of other layouts and inputs, as people had them: they run, or are refused before anything is computed.</summary>
public sealed class FieldLayoutTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("layout-boxes-and-scores", "SSD, UltraFace or DETR: 80 classes")]
    [InlineData("layout-end-to-end-6", "YOLOv10, or suppression inside the model: 80 classes")]
    [InlineData("layout-second-output-is-the-detector", "YOLOv5, v6 or v7: 80 classes")]
    [InlineData("layout-v8-transposed", "YOLOv8 and later: 80 classes, boxes in columns (centre and size in pixels), no objectness")]
    [InlineData("layout-yolox-undecoded", "YOLOX without decoding: 80 classes")]
    [InlineData("dynamic-height-width-inputsize", "YOLOv5, v6 or v7: 80 classes")]
    [InlineData("batch-folded-into-reshape", "YOLOv5, v6 or v7: 80 classes")]
    public async Task Run_DetectorOfAnyLayout_EndsWithAnEngineAndSaysHowItWasRead(string name, string reading)
    {
        var (exitCode, output, error) = await RunAsync(name);

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(_folder.PathOf("out", "calibration-report.json"), TestContext.Current.CancellationToken);
        Assert.Contains(reading, report, StringComparison.Ordinal);

        // Random weights find nothing, and four objects are too few to end the run.
        Assert.Contains("warning: The float model's AP on the validation images is 0.0000", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_BatchFoldedIntoAReshape_IsCalibratedAndTrainedAtAnyBatch()
    {
        var (exitCode, output, error) = await RunAsync("batch-folded-into-reshape", text => text
            .Replace("batch: 1", "batch: 4", StringComparison.Ordinal)
            .Replace("  validation:", "  training: [{ annotations: annotations.json, images: pictures }]\n  validation:", StringComparison.Ordinal)
            .Replace("qat: null", "qat: { epochs: 1, batch: 2 }", StringComparison.Ordinal));

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layout-raw-heads-chw", "The model's outputs c3 [1, 84, 8, 8] are of no layout that is known for the 80 classes")]
    [InlineData("two-inputs-paddle", "The model has the inputs images, im_shape, but a detector of one input is expected")]
    [InlineData("fixed-batch-4", "build.batches is 1, but the model's input images: Float[4, 3, 64, 64] is fixed at a batch of 4")]
    public async Task Run_DetectorThatCannotBeRead_IsRefusedBeforeCalibration(string name, string message)
    {
        var (exitCode, _, error) = await RunAsync(name);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("AP of", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_SuppressionInTheModel_EndsWithAnEngineThatHasIt()
    {
        var (exitCode, output, error) = await RunAsync("layout-v8-transposed", text => With(text, path => OnnxWriter.Write(
            Yolov6Network.Build(new Yolov6Options
            {
                WidthMultiple = 0.125,
                InputHeight = 64,
                InputWidth = 64,
                EndToEnd = EndToEnd.OnnxRuntime,
                MaxDetections = 20,
                ScoreThreshold = 0,
            }).Graph,
            path)));

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(_folder.PathOf("out", "calibration-report.json"), TestContext.Current.CancellationToken);
        Assert.Contains("final detections in three outputs", report, StringComparison.Ordinal);
        Assert.Contains("(NonMaxSuppression 'nms.selected'): it is quantized up to there", report, StringComparison.Ordinal);
        var engine = OnnxReader.Read(_folder.PathOf("out", "engine-int8.onnx"));
        Assert.Contains(engine.Nodes, node => node.OpType == "QLinearConv");
        Assert.Contains(engine.Nodes, node => node.OpType == "NonMaxSuppression");
        Assert.Contains("boxes-scores-labels", engine.Metadata["detector"], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_LevelsWithPlanesLast_EndsWithAnEngineOfFloats()
    {
        var (exitCode, output, error) = await RunAsync("layout-v8-transposed", text => With(text, WriteLevelsModel));

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(_folder.PathOf("out", "calibration-report.json"), TestContext.Current.CancellationToken);
        Assert.Contains("input RGB, levels 0…255", report, StringComparison.Ordinal);
        Assert.Contains("was of 8-bit levels: it takes the levels 0…255 as 32-bit floats now", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_LevelsWithPlanesLast_IsReadAsARunReadsIt()
    {
        CopyCase("layout-v8-transposed");
        var model = _folder.PathOf("case", "other.onnx");
        WriteLevelsModel(model);

        var detections = await DetectAsync(model);

        var expected = await DetectAsync(_folder.PathOf("case", "v8_80.onnx"));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Length, detections.Length);
        Assert.All(expected.Zip(detections), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_FixedBatchOfFour_RunsWithMultiplesOfIt()
    {
        var (exitCode, output, error) = await RunAsync(
            "fixed-batch-4", text => text.Replace("batches: [1]", "batches: [4]", StringComparison.Ordinal));

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("layout-v8-transposed")]
    [InlineData("layout-end-to-end-6")]
    [InlineData("layout-boxes-and-scores")]
    [InlineData("layout-yolox-undecoded")]
    public async Task Run_TrainingOfAnyLayout_LearnsFromItsFloatSelf(string name)
    {
        var (exitCode, output, error) = await RunAsync(name, text => text
            .Replace("qat: null", "qat: { epochs: 1, batch: 2 }", StringComparison.Ordinal)
            .Replace("data:\n", "data:\n  training: [{ annotations: annotations.json, images: pictures }]\n", StringComparison.Ordinal));

        Assert.True(exitCode == 0, error);
        Assert.Contains("│ qat ", output, StringComparison.Ordinal);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_PicturesInAnotherScale_EndsBeforeCalibrationWithTheLikelyCause()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var validation = TestData.PathOf("coco_val2017_103");
        await File.WriteAllTextAsync(
            _folder.PathOf("run.yaml"),
            $$"""
            name: wrong-scale
            model:
              onnx: {{TestData.PathOf("field_models", "fastestdet.onnx")}}
              detector: { layout: fastestdet, input: { channels: bgr, scale: 1 } }
            data:
              calibration: &val
                - { annotations: {{validation}}/annotations/instances_val2017_103.json, images: {{validation}}/images/val2017, limit: 20 }
              validation: *val
            qat: null
            calibration: { batch: 1 }
            evaluation: { batch: 1 }
            """,
            TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await QatProcess.RunAsync("run", _folder.PathOf("run.yaml"), "--out", _folder.PathOf("out"));

        Assert.Equal(2, exitCode);
        Assert.Contains("The float model's AP on the validation images is 0.000", error, StringComparison.Ordinal);
        Assert.Contains("input BGR, levels 0…255", error, StringComparison.Ordinal);
        Assert.DoesNotContain("collecting ranges", error, StringComparison.Ordinal);
    }

    private string With(string specification, Action<string> write)
    {
        write(_folder.PathOf("case", "other.onnx"));
        return specification.Replace("v8_80.onnx", "other.onnx", StringComparison.Ordinal);
    }

    private void WriteLevelsModel(string path)
    {
        var graph = OnnxReader.Read(_folder.PathOf("case", "v8_80.onnx"));
        var input = graph.Inputs[0];
        graph.Initializers["unit"] = Tensor.Scalar(1 / 255f);
        graph.Nodes.InsertRange(
            0,
            [
                new Node("cast", "Cast", ["picture"], ["levels"]) { Attributes = { ["to"] = (long)ElementType.Float } },
                new Node("planes", "Transpose", ["levels"], ["first"]) { Attributes = { ["perm"] = new long[] { 0, 3, 1, 2 } } },
                new Node("parts", "Mul", ["first", "unit"], [input.Name]),
            ]);
        var shape = input.Shape!;
        graph.Inputs[0] = new ValueInfo("picture", ElementType.UInt8, [shape[0], shape[2], shape[3], shape[1]]);
        OnnxWriter.Write(graph, path);
    }

    private async Task<Detection[]> DetectAsync(string model)
    {
        var file = _folder.PathOf("detections.json");
        var (exitCode, _, error) = await QatProcess.RunAsync(
            "evaluate", model, "--detector", "{ layout: yolov8 }", "--batch", "2", "--detections", file,
            "--annotations", _folder.PathOf("case", "annotations.json"), "--images", _folder.PathOf("case", "pictures"));
        Assert.True(exitCode == 0, error);
        return [.. DetectionFile.Read(file)];
    }

    private void CopyCase(string name)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        foreach (var file in Directory.EnumerateFiles(TestData.PathOf("field_cases", name), "*", SearchOption.AllDirectories))
        {
            var copy = _folder.PathOf("case", Path.GetRelativePath(TestData.PathOf("field_cases", name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string name, Func<string, string>? edit = null)
    {
        CopyCase(name);
        var specification = _folder.PathOf("case", "run.yaml");
        await File.WriteAllTextAsync(
            specification,
            (edit ?? (text => text))(await File.ReadAllTextAsync(specification, TestContext.Current.CancellationToken)),
            TestContext.Current.CancellationToken);
        return await QatProcess.RunAsync("run", specification, "--out", _folder.PathOf("out"));
    }
}
