using System.Diagnostics;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Benchmarks.ImageLoading;

/// <summary>Images a second of one core.</summary>
internal sealed class Throughput(CocoImage[] files, Figures figures)
{
    /// <summary>Images a second that a core is to load.</summary>
    public const int Target = 120;

    private const int Size = 640;

    /// <summary>Decoding alone, then decoding and letterboxing, on the calling thread.</summary>
    public void PrintSingleThread()
    {
        var pixels = new byte[3 * Size * Size];
        Measure("one thread, decoding alone", file => ImageDecoder.Decode(file.FileName).Dispose());
        foreach (var protocol in new[] { EvaluationProtocol.E2(Size), EvaluationProtocol.E3(Size) })
        {
            Measure(
                $"one thread, {protocol.Name}",
                file => Letterbox.Read(file, protocol, (Size, Size), pixels));
        }
    }

    /// <summary>The prefetching loader with batches of 8.</summary>
    public async Task PrintLoaderAsync(int workers)
    {
        var loader = new ImageLoader(files, EvaluationProtocol.E2(Size), new ImageLoaderOptions { BatchSize = 8, Workers = workers });
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await foreach (var batch in loader.ReadAsync())
        {
            batch.Dispose();
        }

        Print($"loader, {workers} workers", watch.Elapsed, Environment.CpuUsage.TotalTime - processor);
    }

    private void Measure(string name, Action<CocoImage> read)
    {
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        foreach (var file in files)
        {
            read(file);
        }

        Print(name, watch.Elapsed, Environment.CpuUsage.TotalTime - processor);
    }

    private void Print(string name, TimeSpan wall, TimeSpan busy)
    {
        var rate = files.Length / busy.TotalSeconds;
        Console.WriteLine($"{name,-28}{files.Length / wall.TotalSeconds,6:F0} images/s wall, {rate,6:F0} images/s of processor time");
        figures.Add(Figure.More($"{name}, a core", rate, "images/s", "target", Target));
    }
}
