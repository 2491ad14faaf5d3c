using System.CommandLine;
using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Reading;
using QatPipeline.Graphs.Writing;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat optimize</c>: writes a model in the form a target runs best.</summary>
internal static class OptimizeCommand
{
    private static readonly Dictionary<string, Dialect> Targets = new(StringComparer.Ordinal)
    {
        ["ort-cpu"] = Dialect.OrtCpu,
        ["tensorrt-qdq"] = Dialect.TensorRtQdq,
        ["tensorrt-cache"] = Dialect.TensorRtCache,
        ["float"] = Dialect.Float,
    };

    public static Command Create()
    {
        var model = CommandArguments.Model();
        var target = new Option<string>("--target") { Description = $"One of {string.Join(", ", Targets.Keys)}", Required = true };
        target.AcceptOnlyFromAmong([.. Targets.Keys]);
        var output = new Option<string>("--output", "-o")
        {
            Description = "The ONNX file to write; the cache goes beside it",
            Required = true,
        };
        var version = new Option<string>("--cache-version")
        {
            Description = "TensorRT version in the cache's first line",
            DefaultValueFactory = _ => "8400",
        };
        var command = new Command(
            "optimize",
            """
            Write a quantized model (of this or another tool) in the form its target runs best.

            Example: qat optimize detector-qdq.onnx --target ort-cpu -o detector-cpu.onnx
            """) { model, target, output, version };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(output);
            var graph = OnnxReader.Read(parsed.GetRequiredValue(model));
            var options = new DialectOptions { CacheVersion = parsed.GetRequiredValue(version) };
            var written = DialectWriter.Build(graph, Targets[parsed.GetRequiredValue(target)], options);
            OnnxWriter.Write(written.Graph, path);
            Console.WriteLine(path);
            if (written.Cache is { } cache)
            {
                var cachePath = Path.ChangeExtension(path, ".cache");
                File.WriteAllBytes(cachePath, cache.ToBytes());
                Console.WriteLine(cachePath);
            }
        });
        return command;
    }
}
