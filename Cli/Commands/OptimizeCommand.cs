using QatPipeline.Graphs;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Targets;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat optimize</c>: writes a model in the form a target runs best.</summary>
internal static class OptimizeCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        var target = new Option<string>("--target") { Description = $"One of {string.Join(", ", TargetRegistry.Forms)}", Required = true };
        target.AcceptOnlyFromAmong([.. TargetRegistry.Forms]);
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
            var options = new FormOptions { CacheVersion = parsed.GetRequiredValue(version) };
            var built = TargetRegistry.Build(
                ModelImporter.Read(parsed.GetRequiredValue(model)), parsed.GetRequiredValue(target), options);
            foreach (var path in built.Write(parsed.GetRequiredValue(output)))
            {
                Console.WriteLine(path);
            }

            foreach (var remark in built.Graph.Remarks)
            {
                Console.WriteLine($"remark: {remark}");
            }
        });
        return command;
    }
}
