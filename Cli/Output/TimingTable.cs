using System.Globalization;
using QatPipeline.Engines;

namespace QatPipeline.Cli.Output;

/// <summary>Timings of an engine on the terminal.</summary>
internal static class TimingTable
{
    public static void Write(IReadOnlyList<EngineTiming> timings)
    {
        var percentile = string.Create(CultureInfo.InvariantCulture, $"p{timings[0].Options.Percentile:0.##} ms");
        Console.WriteLine($"batch   median ms{percentile,12}     mean ms    images/s");
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
