using QatPipeline.Cli.Output;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat import-cache</c>: a float model and its TensorRT calibration cache become a graph with ranges.</summary>
internal static class ImportCacheCommand
{
    private const int Shown = 10;

    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "An ONNX file without Q/DQ nodes" };
        var cache = new Argument<string>("CACHE") { Description = "The TensorRT calibration cache made for it" };
        var output = new Option<string>("--output", "-o") { Description = "The graph with ranges", Required = true, HelpName = "FILE" };
        var axis = CommandArguments.DeconvolutionAxis();
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "import-cache",
            """
            Read the ranges of a model from its TensorRT calibration cache, and report what the cache covers. 'qat optimize' then writes the
            graph for every target.

            Example: qat import-cache detector.onnx detector.cache -o detector-graph.onnx
            Example: qat optimize detector-graph.onnx --target tensorrt-qdq -o detector-qdq.onnx
            """) { model, cache, output, axis, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var graph = ModelImporter.Read(parsed.GetRequiredValue(model));
            var coverage = CacheImport.Apply(
                graph,
                CalibrationCache.Read(parsed.GetRequiredValue(cache)),
                new PlacementOptions { TransposedConvolutionAxis = parsed.GetValue(axis) });
            var path = parsed.GetRequiredValue(output);
            OnnxWriter.Write(graph, path);
            await JsonOutput.WriteAsync(parsed, json, coverage, () => Print(coverage, path), cancellationToken);
        });
        return command;
    }

    private static void Print(CacheCoverage coverage, string path)
    {
        Console.WriteLine(path);
        Console.WriteLine($"{coverage.Scales} quantized tensors have a scale");
        Print(coverage.Implied, "of them follow from another tensor's");
        Print(coverage.WithoutScale, "inputs of integer layers have none in the cache");
        Print(coverage.FloatLayers, "layers stay float for want of a scale");
        Print(coverage.WithoutTensor, "scales belong to no tensor of the model");
        Print(coverage.Widened, "tensors take the larger scale of those they share it with");
    }

    private static void Print(IReadOnlyList<string> names, string what)
    {
        if (names.Count > 0)
        {
            Console.WriteLine($"{names.Count} {what}: {string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? ", …" : "")}");
        }
    }
}
