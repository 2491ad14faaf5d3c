using System.Diagnostics;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Benchmarks.ImageLoading;

internal static class Throughput
{
    private const int Size = 640;

    /// <summary>Decoding alone, then decoding and letterboxing, on the calling thread.</summary>
    public static void PrintSingleThread(CocoImage[] files)
    {
        var pixels = new byte[3 * Size * Size];
        Measure("one thread, decoding alone", files, file => ImageDecoder.Decode(file.FileName).Dispose());
        foreach (var protocol in new[] { EvaluationProtocol.E2(Size), EvaluationProtocol.E3(Size) })
        {
            Measure(
                $"one thread, {protocol.Name}",
                files,
                file => Letterbox.Read(file, protocol, (Size, Size), pixels));
        }
    }

    /// <summary>The prefetching loader with batches of 8.</summary>
    public static async Task PrintLoaderAsync(CocoImage[] files, int workers)
    {
        var loader = new ImageLoader(files, EvaluationProtocol.E2(Size), new ImageLoaderOptions { BatchSize = 8, Workers = workers });
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await foreach (var batch in loader.ReadAsync())
        {
            batch.Dispose();
        }

        Print($"loader, {workers} workers", files.Length, watch.Elapsed, Environment.CpuUsage.TotalTime - processor);
    }

    private static void Measure(string name, CocoImage[] files, Action<CocoImage> read)
    {
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        foreach (var file in files)
        {
            read(file);
        }

        Print(name, files.Length, watch.Elapsed, Environment.CpuUsage.TotalTime - processor);
    }

    private static void Print(string name, int images, TimeSpan wall, TimeSpan busy) => Console.WriteLine(
        $"{name,-28}{images / wall.TotalSeconds,6:F0} images/s wall, {images / busy.TotalSeconds,6:F0} images/s of processor time");
}
