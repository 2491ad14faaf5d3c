using System.Diagnostics;

namespace QatPipeline.Benchmarks.ImageStream;

internal static class Measurement
{
    private const long Bytes = 1L << 30;

    /// <summary>Prints throughput and processor time of a way to read so many bytes; returns megabytes a second.</summary>
    public static async Task<double> PrintAsync(string name, Func<long, Task<long>> readAsync)
    {
        await readAsync(Bytes / 8);
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var megabytes = await readAsync(Bytes) / 1e6;
        var busy = Environment.CpuUsage.TotalTime - processor;
        var rate = megabytes / watch.Elapsed.TotalSeconds;
        Console.WriteLine($"{name,-26}{rate,8:F0}{busy.TotalMilliseconds / megabytes,12:F2}");
        return rate;
    }
}
