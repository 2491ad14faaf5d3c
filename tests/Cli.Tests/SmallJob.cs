using System.Text.Json;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Cli.Tests;

/// <summary>
/// A run of a second or two, with everything it needs in one folder: pictures, annotations, an untrained one-layer detector.
/// </summary>
internal sealed class SmallJob : IDisposable
{
    private const int Side = 64;
    private const int Cells = Side / 8 * (Side / 8);

    /// <summary>A picture of one grey pixel.</summary>
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");

    private readonly ScratchFolder _folder = new();

    public SmallJob()
    {
        Directory.CreateDirectory(PathOf("images"));
        for (var image = 1; image <= 2; image++)
        {
            File.WriteAllBytes(PathOf("images", $"{image}.png"), Png);
        }

        WriteAnnotations(images: 2);
        WriteModel();
    }

    public string Specification { get; set; } = """
        name: small
        model: { onnx: model.onnx }
        calibration: { images: 2, batch: 1, methods: [max], biasCorrection: false }
        partial: { enabled: false }
        qat: null
        data:
          calibration: [ { annotations: annotations.json, images: images } ]
          validation: [ { annotations: annotations.json, images: images } ]
          onBadImage: fail
        build: { batches: [1], threads: 1, warmUpMilliseconds: 0, durationMilliseconds: 10 }
        evaluation: { bootstrapReplicates: 10 }
        """;

    public string PathOf(params string[] parts) => _folder.PathOf(parts);

    public void Dispose() => _folder.Dispose();

    /// <summary>Starts the job and does not wait for it.</summary>
    public async Task<System.Diagnostics.Process> StartAsync()
    {
        await File.WriteAllTextAsync(PathOf("run.yaml"), Specification, TestContext.Current.CancellationToken);
        return QatProcess.Start("run", PathOf("run.yaml"), "--out", PathOf("out"));
    }

    /// <summary>Runs the job with <c>out</c> as output folder; the lines of the error output that tell of errors.</summary>
    public async Task<(int ExitCode, string[] Error)> RunAsync(string? runId = null)
    {
        await File.WriteAllTextAsync(PathOf("run.yaml"), Specification, TestContext.Current.CancellationToken);
        string[] id = runId is null ? [] : ["--run-id", runId];
        var (exitCode, _, error) = await QatProcess.RunAsync(["run", PathOf("run.yaml"), "--out", PathOf("out"), .. id]);
        return (exitCode, [.. error.Split('\n').Where(line => line.StartsWith("qat: ", StringComparison.Ordinal))]);
    }

    /// <summary>Three categories, one object a picture.</summary>
    public void WriteAnnotations(int images) => File.WriteAllText(PathOf("annotations.json"), JsonSerializer.Serialize(new
    {
        images = Enumerable.Range(1, images).Select(id => new { id, file_name = $"{id}.png", width = 1, height = 1 }),
        annotations = Enumerable.Range(1, images)
            .Select(id => new { id, image_id = id, category_id = 1, bbox = new[] { 0, 0, 1, 1 }, area = 1, iscrowd = 0 }),
        categories = Enumerable.Range(1, 3).Select(id => new { id, name = $"class {id}" }),
    }));

    /// <summary>A convolution of stride 8 whose channels are the rows of a detector, without any training.</summary>
    public void WriteModel(int classes = 3, float weight = 0.01f)
    {
        var columns = 5 + classes;
        var graph = CreateGraph(columns);
        graph.Initializers["w"] = Tensor.FromFloats([columns, 3, 8, 8], [.. Enumerable.Repeat(weight, columns * 3 * 8 * 8)]);
        graph.Initializers["rows"] = Tensor.FromLongs([3], [0, columns, -1]);
        graph.Nodes.Add(new Node("conv", "Conv", ["x", "w"], ["c"]) { Attributes = { ["strides"] = new long[] { 8, 8 } } });
        graph.Nodes.Add(new Node("reshape", "Reshape", ["c", "rows"], ["r"]));
        graph.Nodes.Add(new Node("transpose", "Transpose", ["r"], ["y"]) { Attributes = { ["perm"] = new long[] { 0, 2, 1 } } });
        OnnxWriter.Write(graph, PathOf("model.onnx"));
    }

    public void WriteModelWithoutConv()
    {
        var graph = CreateGraph(8);
        graph.Initializers["rows"] = Tensor.FromLongs([3], [0, -1, 8]);
        graph.Nodes.Add(new Node("reshape", "Reshape", ["x", "rows"], ["y"]));
        OnnxWriter.Write(graph, PathOf("model.onnx"));
    }

    private static Graph CreateGraph(int columns)
    {
        var graph = new Graph("small", 17);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [new Dimension(null, "N"), 3, Side, Side]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, [new Dimension(null, "N"), Cells, columns]));
        return graph;
    }
}
