using System.CommandLine.Invocation;
using System.Globalization;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Cli.Commands;

/// <summary>
/// The second door of <c>qat export</c>: a YOLOv6 checkpoint, with the ranges it may hold, becomes ONNX without a run.
/// </summary>
internal sealed class ExportCommand
{
    private static readonly Dictionary<string, EndToEnd> Suppressions = new(StringComparer.Ordinal)
    {
        ["onnxruntime"] = EndToEnd.OnnxRuntime,
        ["tensorrt8"] = EndToEnd.TensorRt8,
        ["tensorrt7"] = EndToEnd.TensorRt7,
    };

    private readonly Argument<string> _file;
    private readonly Option<DirectoryInfo> _output;

    private readonly Option<string?> _target = new("--target")
    {
        Description = "Of a checkpoint: float, tensorrt or ort-cpu; default: tensorrt where it holds ranges, else float",
    };

    private readonly Option<int?> _batch = new("--batch") { Description = "Of a checkpoint: a fixed batch; default: an open one" };

    private readonly Option<int> _inputSize = new("--input-size")
    {
        Description = "Of a checkpoint: side of the input in pixels, a multiple of 32",
        DefaultValueFactory = _ => 640,
    };

    private readonly Option<string?> _endToEnd = new("--end2end")
    {
        Description = $"Of a checkpoint: non-maximum suppression inside the graph, for {string.Join(", ", Suppressions.Keys)}",
    };

    private readonly Option<int> _detections = new("--topk") { Description = "Detections of --end2end", DefaultValueFactory = _ => 100 };

    private readonly Option<float> _iou = new("--iou") { Description = "Overlap of --end2end", DefaultValueFactory = _ => 0.45f };

    private readonly Option<float> _score = new("--conf") { Description = "Least score of --end2end", DefaultValueFactory = _ => 0.4f };

    private readonly Option<bool> _preprocessing = new("--with-preprocessing")
    {
        Description = "Of a checkpoint: the input is BGR in 0…255, converted inside the graph",
    };

    private readonly Option<int> _axis = CommandArguments.DeconvolutionAxis();

    private ExportCommand(Argument<string> file, Option<DirectoryInfo> output)
    {
        (_file, _output) = (file, output);
        _target.AcceptOnlyFromAmong([FloatForm.Name, .. TargetRegistry.All.Select(target => target.Name)]);
        _endToEnd.AcceptOnlyFromAmong([.. Suppressions.Keys]);
    }

    private Option[] Options => [_target, _batch, _inputSize, _endToEnd, _detections, _iou, _score, _preprocessing, _axis];

    /// <summary>Adds the door to the verb that ends a run at its exported forms.</summary>
    public static Command Extend(Command verb, Argument<string> file, Option<DirectoryInfo> output)
    {
        var export = new ExportCommand(file, output);
        var run = (AsynchronousCommandLineAction)verb.Action!;
        file.Description = "A run specification (YAML), or a YOLOv6 checkpoint (.pt, .safetensors). Without it: the demo";
        verb.Description = $"""
            {verb.Description}
            Or export a YOLOv6 checkpoint, with the ranges of its quantizers where it holds some.

            Example: qat export yolov6s_v2_reopt_qat_43.0.pt --batch 1 --out results
            Example: qat export yolov6s.pt --end2end tensorrt8 --with-preprocessing --out results
            """;
        Array.ForEach(export.Options, verb.Add);
        verb.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(file) is { } path && CheckpointFile.TryRead(path) is { } state)
            {
                export.Write(parsed, path, state);
                return Task.FromResult(0);
            }

            return export.Options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } foreign
                ? throw new CheckpointException(
                    $"{foreign.Name} is for a checkpoint, and {parsed.GetValue(file) ?? "the demo"} is a run specification: "
                    + "its keys say this.")
                : run.InvokeAsync(parsed, cancellationToken);
        });
        return verb;
    }

    private void Write(ParseResult parsed, string path, StateDict state)
    {
        var endToEnd = parsed.GetValue(_endToEnd);
        var size = parsed.GetValue(_inputSize);
        var options = CheckpointShape.OptionsOf(state, path) with
        {
            Batch = parsed.GetValue(_batch),
            InputHeight = size,
            InputWidth = size,
            EndToEnd = endToEnd is null ? EndToEnd.None : Suppressions[endToEnd],
            MaxDetections = parsed.GetValue(_detections),
            IouThreshold = parsed.GetValue(_iou),
            ScoreThreshold = parsed.GetValue(_score),
            WithPreprocessing = parsed.GetValue(_preprocessing),
        };
        var graph = Yolov6CheckpointFile.Load(path, Yolov6Network.Build(options), state);
        GraphSimplifier.Simplify(graph);
        var hasRanges = QuantizedCheckpoint.HasRanges(state);
        var target = parsed.GetValue(_target) ?? (hasRanges ? TargetRegistry.TensorRt.Name : FloatForm.Name);
        if (target != FloatForm.Name)
        {
            graph = hasRanges
                ? WithRanges(graph, state, path, parsed.GetValue(_axis))
                : throw new CheckpointException(
                    $"{path} holds no ranges, so that it cannot be exported for {target}: calibrate it first ('qat calibrate', with "
                    + "model.yolov6.checkpoint naming it), or export it with --target float.");
        }

        var folder = parsed.GetRequiredValue(_output);
        folder.Create();
        var batch = options.Batch is { } fixedBatch ? string.Create(CultureInfo.InvariantCulture, $"bs{fixedBatch}") : "dynamic";
        var stem = $"{Path.GetFileNameWithoutExtension(path)}_{batch}{(endToEnd is null ? "" : "_e2e")}";
        var forms = target == FloatForm.Name ? [FloatForm.Name] : TargetRegistry.Get(target).Forms;
        foreach (var file in forms.SelectMany(
            form => TargetRegistry.Build(graph, form).Write(Path.Combine(folder.FullName, $"{stem}_{form}.onnx"))))
        {
            Console.WriteLine(file);
        }
    }

    private static Graph WithRanges(Graph graph, StateDict state, string path, int axis)
    {
        TargetRegistry.TensorRt.Place(graph, new PlacementOptions { TransposedConvolutionAxis = axis });
        var quantized = QuantizedCheckpoint.Load(graph, state, path);
        ScaleUnification.UnifyRanges(quantized);
        TargetRegistry.Settle(quantized);
        return quantized;
    }
}
