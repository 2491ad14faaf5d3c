using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat bench</c>: latency and throughput of a model or engine on this machine, measured the way trtexec does.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "An ONNX file, or an engine of TensorRT or torch-int8" };
        var engine = new EngineOptions(batches: "1,32");
        var compare = new Option<string?>("--compare")
        {
            Description = "A second model; on the CPU timed in turns with the first; prints the ratio",
        };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "bench",
            """
            Time a model on this machine: warm-up, then latencies and throughput per batch size.

            Example: qat bench engine-int8.onnx --compare engine-float.onnx --batch 1,32 --threads 2
            Example: qat bench detector-qdq.int8.b32.engine --batch 32
            """) { model, compare, json };
        foreach (var option in engine.ForBuilding.Concat(engine.ForTiming))
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var other = parsed.GetValue(compare);
            string[] models = [parsed.GetRequiredValue(model), .. other is null ? Array.Empty<string>() : [other]];
            var folder = Directory.CreateTempSubdirectory("qat-bench-");
            try
            {
                var timings = await MeasureAsync(engine, parsed, models, folder.FullName, cancellationToken);
                object figures = other is null ? timings[0] : new { Model = timings[0], Compared = timings[1] };
                await JsonOutput.WriteAsync(parsed, json, figures, () => Print(models, timings), cancellationToken);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    /// <summary>For every model its timings, one for each batch size.</summary>
    private static async Task<IReadOnlyList<EngineTiming>[]> MeasureAsync(
        EngineOptions engine, ParseResult parsed, string[] models, string folder, CancellationToken cancellationToken)
    {
        var (batches, options) = (engine.BatchesOf(parsed), engine.TimingOf(parsed));
        var built = new List<(IEngineBackend Backend, EngineBuildResult Result)>();
        foreach (var (index, model) in models.Index())
        {
            var backend = engine.BackendOf(parsed, model);
            built.Add((backend, EngineOptions.IsBuilt(model)
                ? EngineTimings.Existing(model)
                : await backend.BuildAsync(
                    engine.RequestOf(parsed, model, Path.Combine(folder, $"{index}"), batches, options), cancellationToken)));
            if (built[^1].Result is { Status: EngineBuildStatus.Delivered, Remark: var remark })
            {
                throw new EngineException($"'{model}' cannot be timed here. {remark}");
            }
        }

        if (built.TrueForAll(engine => engine.Backend is OrtCpuBackend))
        {
            return await ((OrtCpuBackend)built[0].Backend).MeasureTogetherAsync(
                [.. built.Select(engine => engine.Result.Engines[0].Path)], batches, options, cancellationToken);
        }

        var timings = new List<IReadOnlyList<EngineTiming>>();
        foreach (var (backend, result) in built)
        {
            timings.Add((await backend.TimedAsync(result, batches, options, cancellationToken)).Timings);
        }

        return [.. timings];
    }

    private static void Print(string[] models, IReadOnlyList<EngineTiming>[] timings)
    {
        Console.WriteLine(timings[0][0].Environment);
        foreach (var (model, measured) in models.Zip(timings))
        {
            Console.WriteLine(models.Length > 1 ? $"\n{model}" : "");
            TimingTable.Write(measured);
        }

        if (timings is [var first, var second])
        {
            Console.WriteLine();
            foreach (var (left, right) in first.Zip(second))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"batch {left.Batch}: {models[0]} takes {left.Latency.Median / right.Latency.Median:0.00} "
                    + $"of the time of {models[1]} (medians)"));
            }
        }
    }
}
