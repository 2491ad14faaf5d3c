using QatPipeline.Cli.Output;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Graphs;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat build-engine</c>: an engine from an ONNX file, or what another machine needs to build it.</summary>
internal static class BuildEngineCommand
{
    private static readonly Dictionary<string, EnginePrecision> Precisions = new(StringComparer.Ordinal)
    {
        ["fp32"] = EnginePrecision.Float,
        ["fp16"] = EnginePrecision.Half,
        ["int8"] = EnginePrecision.Int8,
    };

    public static Command Create()
    {
        var model = CommandArguments.Model();
        string[] names = [TargetRegistry.OrtCpu.Name, TargetRegistry.TensorRt.Name];
        var target = new Option<string>("--target") { Description = string.Join(" or ", names), Required = true };
        target.AcceptOnlyFromAmong(names);
        var precision = new Option<string>("--precision") { Description = "fp32, fp16 or int8", DefaultValueFactory = _ => "int8" };
        precision.AcceptOnlyFromAmong([.. Precisions.Keys]);
        var output = new Option<string>("--out", "-o") { Description = "Folder for the engine", Required = true, HelpName = "DIR" };
        var cache = new Option<string?>("--calib")
        {
            Description = "Calibration cache, for a model without Q/DQ (TensorRT up to 10)",
            HelpName = "FILE",
        };
        var trtexec = new Option<string?>("--trtexec") { Description = "TensorRT's builder; default: searched on PATH", HelpName = "FILE" };
        var threads = new Option<int>("--threads") { Description = "Threads of a CPU engine; 0 takes the physical cores" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "build-engine",
            """
            Build an engine; where TensorRT is absent, write the files and the exact command line for a machine that has it.

            Example: qat build-engine detector-qdq.onnx --target tensorrt --precision int8 -o engines
            """) { model, target, precision, output, cache, trtexec, threads, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IEngineBackend backend = parsed.GetRequiredValue(target) == TargetRegistry.OrtCpu.Name
                ? new OrtCpuBackend(new OrtCpuOptions { Threads = parsed.GetValue(threads) })
                : new TensorRtBackend(new TensorRtOptions { TrtexecPath = parsed.GetValue(trtexec) });
            var path = parsed.GetRequiredValue(model);
            var result = await backend.BuildAsync(
                new EngineBuildRequest
                {
                    OnnxPath = path,
                    OutputFolder = parsed.GetRequiredValue(output),
                    Name = $"{Path.GetFileNameWithoutExtension(path)}.{parsed.GetRequiredValue(precision)}",
                    Precision = Precisions[parsed.GetRequiredValue(precision)],
                    CalibrationCachePath = parsed.GetValue(cache),
                },
                cancellationToken);
            await JsonOutput.WriteAsync(parsed, json, result, () => Print(result), cancellationToken);
        });
        return command;
    }

    private static void Print(EngineBuildResult result)
    {
        Console.WriteLine($"{(result.Status == EngineBuildStatus.Built ? "built" : "delivered, not built")}: {result.Builder}");
        if (result.Remark.Length > 0)
        {
            Console.WriteLine(result.Remark);
        }

        foreach (var file in result.Engines.Select(engine => engine.Path).Concat(result.OtherFiles))
        {
            Console.WriteLine($"  {file}");
        }

        foreach (var line in result.CommandLines)
        {
            Console.WriteLine(line);
        }
    }
}
