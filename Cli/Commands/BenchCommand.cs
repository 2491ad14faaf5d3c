using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat bench</c>: latency and throughput of a model on this machine's CPU, measured the way trtexec does.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        var batch = new Option<string>("--batch") { Description = "Batch sizes, comma-separated", DefaultValueFactory = _ => "1,32" };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes the physical cores", DefaultValueFactory = _ => 0 };
        var duration = new Option<double>("--duration")
        {
            Description = "Seconds of timed running per batch size",
            DefaultValueFactory = _ => 3,
        };
        var compare = new Option<string?>("--compare") { Description = "A second model, timed in turns with the first; prints the ratio" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "bench",
            """
            Time a model in ONNX Runtime on this machine: warm-up, then latencies and throughput per batch size.

            Example: qat bench engine-int8.onnx --compare engine-float.onnx --batch 1,32 --threads 2
            """) { model, batch, threads, duration, compare, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var batches = ParseBatches(parsed.GetRequiredValue(batch));
            var other = parsed.GetValue(compare);
            string[] models = [parsed.GetRequiredValue(model), .. other is null ? Array.Empty<string>() : [other]];
            var timings = await MeasureAsync(
                models, batches, parsed.GetRequiredValue(threads), parsed.GetRequiredValue(duration), cancellationToken);
            object figures = other is null ? timings[0] : new { Model = timings[0], Compared = timings[1] };
            await JsonOutput.WriteAsync(parsed, json, figures, () => Print(models, timings), cancellationToken);
        });
        return command;
    }

    /// <summary>For every model its timings, one for each batch size.</summary>
    private static async Task<IReadOnlyList<EngineTiming>[]> MeasureAsync(
        string[] models, IReadOnlyList<int> batches, int threads, double seconds, CancellationToken cancellationToken)
    {
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = threads });
        var folder = Directory.CreateTempSubdirectory("qat-bench-");
        try
        {
            var engines = new List<string>();
            foreach (var (index, model) in models.Index())
            {
                var request = new EngineBuildRequest
                {
                    OnnxPath = model,
                    OutputFolder = folder.FullName,
                    Name = $"bench-{index}",
                    Precision = EnginePrecision.Int8,
                };
                engines.Add((await backend.BuildAsync(request, cancellationToken)).Engines[0].Path);
            }

            var options = new TimingOptions { Duration = TimeSpan.FromSeconds(seconds) };
            return await backend.MeasureTogetherAsync(engines, batches, options, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int[] ParseBatches(string text) => Array.ConvertAll(text.Split(','), part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new EngineException($"--batch '{text}': expected positive whole numbers separated by commas, such as 1,32."));

    private static void Print(string[] models, IReadOnlyList<EngineTiming>[] timings)
    {
        Console.WriteLine(timings[0][0].Environment);
        foreach (var (model, measured) in models.Zip(timings))
        {
            Console.WriteLine(models.Length > 1 ? $"\n{model}" : "");
            Print(measured);
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

    private static void Print(IReadOnlyList<EngineTiming> timings)
    {
        Console.WriteLine("batch   median ms      p99 ms     mean ms    images/s");
        foreach (var timing in timings)
        {
            var remark = timing.Execution == BatchExecution.Looped ? "  (fixed batch, looped)" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{timing.Batch,5}{timing.Latency.Median,12:0.00}{timing.Latency.Percentile,12:0.00}"
                + $"{timing.Latency.Mean,12:0.00}{timing.ImagesPerSecond,12:0.0}{remark}"));
        }
    }
}
