using System.Diagnostics;

namespace QatPipeline.Benchmarks.ImageStream;

internal static class Measurement
{
    private const long Bytes = 1L << 30;

    /// <summary>Prints throughput and processor time of a way to read so many bytes.</summary>
    public static async Task PrintAsync(string name, Func<long, Task<long>> readAsync)
    {
        await readAsync(Bytes / 8);
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var megabytes = await readAsync(Bytes) / 1e6;
        var busy = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine($"{name,-26}{megabytes / watch.Elapsed.TotalSeconds,8:F0}{busy.TotalMilliseconds / megabytes,12:F2}");
    }
}
