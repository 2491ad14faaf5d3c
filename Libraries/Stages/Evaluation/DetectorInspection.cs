using System.Buffers;
using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Foundation;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Evaluation;

/// <summary>Says of a model file what kind of detector it looks like, from one pass over a drawn picture.</summary>
public static class DetectorInspection
{
    private const int UsualSize = 640;

    /// <summary>A sentence, such as <c>looks like YOLOv8 and later: 80 classes, boxes in columns …</c>.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="graph">What is in it.</param>
    public static string Describe(string path, Graph graph)
    {
        var folder = Directory.CreateTempSubdirectory("qat-inspect-");
        try
        {
            var taken = PictureModel.Of(path, graph, folder.FullName);
            ImageInput.RequirePicture(taken.Graph);
            using var engine = new OrtCpuBackend().Load(taken.File);
            var probe = Probe(engine, NominalSize.Of(taken.Graph) ?? (UsualSize, UsualSize));
            return DetectorGuess.Of(probe, NamesIn(graph), taken.TakesLevels) is var (description, classes)
                ? $"looks like {DetectorRecognition.Describe(description, classes)}; input probably {description.Input}"
                : "the outputs are of no known layout; model.detector describes them to a run (docs/detectors.md)";
        }
        catch (InputException exception)
        {
            return $"not known: {exception.Message}";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DetectorProbe Probe(IEngine engine, (int Height, int Width) usual)
    {
        var input = engine.Input.Sized(usual.Height, usual.Width);
        var (count, height, width) = (input.FixedBatch ?? 1, input.Shape[^2], input.Shape[^1]);
        var buffer = ArrayPool<byte>.Shared.Rent(count * 3 * height * width);
        var random = new SplitMix64(1);
        for (var index = 0; index < buffer.Length; index++)
        {
            // Coarse waves with some noise: neither flat nor all edges.
            buffer[index] = (byte)(255 * (0.5 + (0.4 * Math.Sin(index * 0.05)) + (0.1 * random.NextDouble())));
        }

        using var batch = new ImageBatch(
            buffer, [.. Enumerable.Repeat(new CocoImage(0, "", width, height), count)], [], height, width);
        using var detector = new EngineDetector(engine);
        return new DetectorProbe(detector.Run(batch), count, (height, width));
    }

    // Exporters write the classes' names as a dictionary: {0: 'person', 1: …}.
    private static int NamesIn(Graph graph) => graph.Metadata.TryGetValue("names", out var names) ? names.Count(letter => letter == ':') : 0;
}
