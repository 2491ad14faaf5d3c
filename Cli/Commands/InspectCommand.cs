using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Inspection;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets.TensorRt;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Torch.Operators;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat inspect</c>: what an ONNX model or a calibration cache holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An ONNX model or a TensorRT calibration cache" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "inspect",
            """
            Show a model's inputs, outputs, operators and quantizers, or a calibration cache's scales.

            Example: qat inspect detector.onnx
            """) { file, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            return IsCalibrationCache(path) ? ShowCacheAsync() : ShowModelAsync();

            async Task ShowModelAsync()
            {
                var graph = OnnxReader.Read(path);
                var summary = ModelSummary.Of(graph, SupportedOperators.MissingOf) with
                {
                    Detector = DetectorInspection.Describe(path, graph),
                };
                await JsonOutput.WriteAsync(parsed, json, summary, () => Print(summary), cancellationToken);
                ScaleChecks.Require(graph);
            }

            async Task ShowCacheAsync()
            {
                var cache = CalibrationCache.Read(path);
                var report = new
                {
                    cache.Version,
                    cache.Algorithm,
                    Scales = cache.Entries.Select(entry => new { Name = entry.Tensor, Value = entry.Scale }),
                    Findings = CacheChecks.Findings(cache),
                };
                await JsonOutput.WriteAsync(parsed, json, report, () => Print(cache, report.Findings), cancellationToken);
                CacheChecks.Require(cache);
            }
        });
        return command;
    }

    private static bool IsCalibrationCache(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("TRT-"u8);
    }

    private static void Print(ModelSummary summary)
    {
        Console.WriteLine($"model       {summary.Name}");
        Console.WriteLine($"opsets      {string.Join(", ", summary.Opsets.Select(opset => $"{opset.Key} {opset.Value}"))}");
        Console.WriteLine($"parameters  {summary.Parameters.ToString("N0", CultureInfo.InvariantCulture)}");
        PrintValues("input", summary.Inputs);
        PrintValues("output", summary.Outputs);
        Console.WriteLine($"detector    {summary.Detector}");
        Console.WriteLine($"nodes       {summary.Nodes}");
        foreach (var (operation, count) in summary.Operators.OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine($"  {count,6}  {operation}");
        }

        foreach (var operation in summary.Unsupported)
        {
            Console.WriteLine($"unsupported {operation}: a run cannot calibrate or train with it");
        }

        foreach (var remark in summary.Remarks)
        {
            Console.WriteLine($"remark      {remark}");
        }

        if (summary.Problem is { } problem)
        {
            Console.WriteLine($"problem     {problem}");
        }

        Console.WriteLine($"quantizers  {summary.Quantizers.Count}");
        foreach (var quantizer in summary.Quantizers)
        {
            var range = quantizer.Ranges == 0
                ? "not calibrated"
                : string.Create(CultureInfo.InvariantCulture, $"[{quantizer.Low:g6}, {quantizer.High:g6}]");
            Console.WriteLine($"  {quantizer.Name}  {quantizer.Scheme}{(quantizer.IsEnabled ? "" : ", left float")}  {range}");
        }
    }

    private static void PrintValues(string kind, IEnumerable<ValueSummary> values)
    {
        foreach (var value in values)
        {
            Console.WriteLine($"{kind,-12}{value.Name}: {value.Type} [{(value.Shape is null ? "?" : string.Join(", ", value.Shape))}]");
        }
    }

    private static void Print(CalibrationCache cache, IReadOnlyList<LintFinding> findings)
    {
        Console.WriteLine($"version     {cache.Version}");
        Console.WriteLine($"algorithm   {cache.Algorithm}");
        foreach (var entry in cache.Entries)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {entry.Scale,-14:g9}  {entry.Tensor}"));
        }

        FindingList.Print(findings);
    }
}
