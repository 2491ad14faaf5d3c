using System.Diagnostics;
using QatPipeline.Coco.Images;

namespace QatPipeline.Benchmarks.ImageLoading;

internal static class Throughput
{
    private const int Size = 640;

    /// <summary>Decode and letterbox on the calling thread, in wall and in processor time.</summary>
    public static void PrintSingleThread(ImageFile[] files)
    {
        var pixels = new float[3 * Size * Size];
        foreach (var protocol in new[] { EvaluationProtocol.E2(Size), EvaluationProtocol.E3(Size) })
        {
            var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            foreach (var file in files)
            {
                ImageDecoder.ReadLetterboxed(file, protocol, (Size, Size), pixels);
            }

            var busy = Environment.CpuUsage.TotalTime - processor;
            Console.WriteLine(
                $"one thread, {protocol.Name}:   {files.Length / watch.Elapsed.TotalSeconds,6:F0} images/s wall, "
                + $"{files.Length / busy.TotalSeconds,6:F0} images/s of processor time");
        }
    }

    /// <summary>The prefetching loader with batches of 8.</summary>
    public static async Task PrintLoaderAsync(ImageFile[] files, int workers)
    {
        var loader = new ImageLoader(files, EvaluationProtocol.E2(Size), new ImageLoaderOptions { BatchSize = 8, Workers = workers });
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await foreach (var batch in loader.ReadAsync())
        {
            batch.Dispose();
        }

        var busy = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine(
            $"loader, {workers} workers: {files.Length / watch.Elapsed.TotalSeconds,6:F0} images/s wall, "
            + $"{files.Length / busy.TotalSeconds,6:F0} images/s of processor time");
    }
}
