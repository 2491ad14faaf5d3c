using QatPipeline.Cli.Output;
using QatPipeline.Engines;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat build-engine</c>: an engine from an ONNX file, or what another machine needs to build it.</summary>
internal static class BuildEngineCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        var engine = new EngineOptions(batches: "1", requiresTarget: true);
        var output = new Option<string>("--out", "-o") { Description = "Folder for the engine", Required = true, HelpName = "DIR" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "build-engine",
            """
            Build engines and time them; where TensorRT is absent, write the files and the exact command lines for a machine that has it.

            Example: qat build-engine detector-qdq.onnx --target tensorrt --batch 1,32 -o engines
            Example: qat build-engine detector.onnx --calib detector.cache --target tensorrt --streams 1 --avg-runs 10 -o engines
            Example: qat build-engine detector-cpu.onnx --target ort-cpu --batch 1,32 --threads 2 -o engines
            """) { model, output, json };
        foreach (var option in engine.ForBuilding.Concat(engine.ForTiming))
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(model);
            var backend = engine.BackendOf(parsed, path);
            var (batches, timing) = (engine.BatchesOf(parsed), engine.TimingOf(parsed));
            var result = await backend.BuildAsync(
                engine.RequestOf(parsed, path, parsed.GetRequiredValue(output), batches, timing), cancellationToken);
            result = await backend.TimedAsync(result, batches, timing, cancellationToken);
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

        if (result.Timings.Count > 0)
        {
            TimingTable.Write(result.Timings);
        }
    }
}
