using System.CommandLine;
using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Engines;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat bench</c>: latency and throughput of a model on this machine's CPU, measured the way trtexec does.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        var batch = new Option<string>("--batch") { Description = "Batch sizes, comma-separated", DefaultValueFactory = _ => "1,32" };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes the physical cores", DefaultValueFactory = _ => 0 };
        var duration = new Option<double>("--duration") { Description = "Seconds of timed running per batch size", DefaultValueFactory = _ => 3 };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "bench",
            """
            Time a model in ONNX Runtime on this machine: warm-up, then latencies and throughput per batch size.

            Example: qat bench detector-int8.onnx --batch 1,32 --threads 2
            """) { model, batch, threads, duration, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var batches = ParseBatches(parsed.GetRequiredValue(batch));
            var timings = await MeasureAsync(parsed.GetRequiredValue(model), batches, parsed.GetRequiredValue(threads), parsed.GetRequiredValue(duration), cancellationToken).ConfigureAwait(false);
            if (!await JsonOutput.WriteAsync(parsed, json, timings, cancellationToken).ConfigureAwait(false))
            {
                Print(timings);
            }
        });
        return command;
    }

    private static async Task<IReadOnlyList<EngineTiming>> MeasureAsync(
        string model, IReadOnlyList<int> batches, int threads, double seconds, CancellationToken cancellationToken)
    {
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = threads });
        var folder = Directory.CreateTempSubdirectory("qat-bench-");
        try
        {
            var request = new EngineBuildRequest { OnnxPath = model, OutputFolder = folder.FullName, Name = "bench", Precision = EnginePrecision.Int8 };
            var built = await backend.BuildAsync(request, cancellationToken).ConfigureAwait(false);
            var timings = new List<EngineTiming>();
            foreach (var size in batches)
            {
                var options = new TimingOptions { Duration = TimeSpan.FromSeconds(seconds) };
                timings.Add(await backend.MeasureAsync(built.Engines[0].Path, size, options, cancellationToken).ConfigureAwait(false));
            }

            return timings;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int[] ParseBatches(string text) => Array.ConvertAll(text.Split(','), part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new EngineException($"--batch '{text}': expected positive whole numbers separated by commas, such as 1,32"));

    private static void Print(IReadOnlyList<EngineTiming> timings)
    {
        Console.WriteLine($"{timings[0].Environment}");
        Console.WriteLine("batch   median ms      p99 ms     mean ms    images/s");
        foreach (var timing in timings)
        {
            var remark = timing.Execution == BatchExecution.Looped ? "  (fixed batch, looped)" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{timing.Batch,5}{timing.Latency.Median,12:0.00}{timing.Latency.Percentile,12:0.00}{timing.Latency.Mean,12:0.00}{timing.ImagesPerSecond,12:0.0}{remark}"));
        }
    }
}
