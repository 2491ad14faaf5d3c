using Microsoft.ML.OnnxRuntime;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Coco.Tests;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Detectors.Tests;

/// <summary>Real pretrained networks of other families: recognised, and of the AP that an independent evaluation gives them.</summary>
public sealed class FamilyTests
{
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("yolox_nano", 416, "yolox", 0.3402)]
    [InlineData("nanodet_m", 416, "nanodet", 0.2788)]
    [InlineData("picodet_s_320", 320, "nanodet", 0.2639)] // the independent figure is of blue first
    [InlineData("picodet_s_320", 320, "picodet", 0.300)]
    [InlineData("fastestdet", 352, "fastestdet", 0.170)]
    public async Task Decode_Family_ReachesItsReferenceAp(string file, int size, string family, double expected)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var input = DetectorFamilies.All[family].Input;
        var dataset = CocoTestFiles.Validation();
        long[] categoryIds = [.. dataset.Categories.Select(category => category.Id)];
        var loader = new ImageLoader(
            dataset.FilesIn(dataset.ImageFolder), EvaluationProtocol.E2(size), new ImageLoaderOptions { BatchSize = 1 });
        using var session = new InferenceSession(TestData.PathOf("field_models", $"{file}.onnx"));
        var detections = new List<Detection>();
        DetectorDescription? description = null;

        await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                input.Apply(batch.Pixels.Span, size * size);
                var outputs = Run(session, batch);
                description ??= DetectorRecognition.Of(
                    new DetectorProbe(outputs, 1, (size, size)), new DetectorRequest { Layout = family }, categoryIds);
                detections.AddRange(new DetectionDecoder(new DetectionOptions(), categoryIds, description).Decode(outputs, batch));
            }
        }

        Assert.Equal(expected, CocoEvaluator.Evaluate(dataset, detections).Metrics.Ap, 0.003);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Decode_FaceDetectorThatIsNotSquare_FindsFacesOnPersons()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var dataset = CocoTestFiles.Validation();
        var protocol = EvaluationProtocol.E2(320) with { Height = 240, Width = 320 };
        var loader = new ImageLoader(dataset.FilesIn(dataset.ImageFolder), protocol, new ImageLoaderOptions { BatchSize = 1 });
        using var session = new InferenceSession(TestData.PathOf("field_models", "ultraface_rfb320.onnx"));
        var (found, onPersons) = (0, 0);

        await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                DetectorFamilies.All["ultraface"].Input.Apply(batch.Pixels.Span, batch.Height * batch.Width);
                var outputs = Run(session, batch);
                var description = DetectorRecognition.Of(new DetectorProbe(outputs, 1, (240, 320)), new DetectorRequest(), [1]);
                Assert.Equal(DetectorFamilies.All["ultraface"].Input, description.Input);
                var persons = dataset.AnnotationsOf(dataset.ImageIndexOf(batch.Images[0].Id)).Where(annotation => annotation.CategoryId == 1);
                foreach (var face in new DetectionDecoder(new DetectionOptions { Confidence = 0.7 }, [1], description).Decode(outputs, batch))
                {
                    var (x, y) = (face.Box.X + (face.Box.Width / 2), face.Box.Y + (face.Box.Height / 2));
                    found++;
                    onPersons += persons.Any(person =>
                        x > person.Box.X && x < person.Box.X + person.Box.Width && y > person.Box.Y && y < person.Box.Y + (person.Box.Height / 2))
                        ? 1 : 0;
                }
            }
        }

        Assert.True(found > 20, $"{found} faces");
        Assert.True(onPersons > 0.8 * found, $"{onPersons} of {found} faces are in the upper half of a person");
    }

    private static OutputTensor[] Run(InferenceSession session, ImageBatch batch)
    {
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, batch.Pixels, [1, 3, batch.Height, batch.Width]);
        using var outputs = session.Run(options, session.InputNames, [input], session.OutputNames);
        return [.. session.OutputNames.Zip(outputs, (name, value) => new OutputTensor(
            name,
            [.. value.GetTensorTypeAndShape().Shape.Select(length => (int)length)],
            value.GetTensorDataAsSpan<float>().ToArray()))];
    }
}
