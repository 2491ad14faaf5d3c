using Microsoft.ML.OnnxRuntime;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Tests;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests;

/// <summary>Load, letterbox, post-process and evaluate around a real pretrained detector of known AP.</summary>
public sealed class RealDetectorTests
{
    private const int Size = 320;

    [Fact]
    public async Task Decode_RealDetector_ReachesItsReferenceAp()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var dataset = CocoTestFiles.Validation();
        var loader = new ImageLoader(
            dataset.FilesIn(dataset.ImageFolder),
            EvaluationProtocol.E2(Size),
            new ImageLoaderOptions { BatchSize = 1 });
        var decoder = new DetectionDecoder(new DetectionOptions(), [.. dataset.Categories.Select(category => category.Id)]);
        using var session = new InferenceSession(TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx"));
        using var options = new RunOptions();
        var detections = new List<Detection>();

        await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.Pixels, [1, 3, Size, Size]);
                using var outputs = session.Run(options, session.InputNames, [input], session.OutputNames);
                var rows = new OutputTensor("out0", [1, 2125, 85], outputs[0].GetTensorDataAsSpan<float>().ToArray());
                detections.AddRange(decoder.Decode([rows], batch));
            }
        }

        var metrics = CocoEvaluator.Evaluate(dataset, detections).Metrics;
        Assert.Equal(0.2818, metrics.Ap, 0.002);
    }

    [Fact]
    public void Read_Picture_IsTheReferencesInput()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var file = new CocoImage(397133, TestData.PathOf("coco_val2017_103", "images", "val2017", "000000397133.jpg"), 0, 0);
        var pixels = new byte[3 * Size * Size];
        Letterbox.Read(file, EvaluationProtocol.E2(Size), (Size, Size), pixels);

        using var expected = ImageDecoder.Decode(TestData.PathOf("yolov6lite_s", "ort_reference", "000000397133_letterbox320_rgb.png"));
        var expectedPixels = new byte[pixels.Length];
        PlanarPixels.Write(expected, 0, 0, (Size, Size), expectedPixels);

        // The picture was resampled by another library, to 214 rows where the protocol truncates 213.5: edges differ, the rest may not.
        // Swapped channels or a misplaced image give 10 levels and more.
        var difference = pixels.Zip(expectedPixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 4);
    }
}
