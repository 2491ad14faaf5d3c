using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using QatPipeline.Engines;

namespace QatPipeline.TrtexecSupport;

/// <summary>Runs an engine on the batch it was built for, over values from a file or zeros.</summary>
internal sealed class EngineRun
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly Options _options;
    private readonly IEngine _engine;
    private readonly int _batch;
    private readonly float[] _images;

    public EngineRun(Options options, IEngine engine)
    {
        (_options, _engine, _batch) = (options, engine, engine.Input.FixedBatch!.Value);
        _images = new float[_batch * engine.Input.ElementsPerImage];
        if (options.Pair("loadInputs") is var (name, file))
        {
            var bytes = name == engine.Input.Name
                ? File.ReadAllBytes(file)
                : throw new StandInException($"Cannot find input tensor with name \"{name}\" in the engine bindings!");
            if (bytes.Length != _images.Length * sizeof(float))
            {
                throw new StandInException($"Note: given file length {bytes.Length} does not match {_images.Length * sizeof(float)}");
            }

            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(_images);
        }
    }

    /// <summary>Runs for the time asked for and prints the performance summary.</summary>
    public void Time()
    {
        var (warmUp, duration) = (_options.Number("warmUp", 200), 1000 * _options.Number("duration", 3));
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMilliseconds < warmUp;)
        {
            _engine.Run(_images, _batch);
        }

        var (latencies, iterations) = (new List<double>(), _options.Number("iterations", 10));
        var start = Stopwatch.GetTimestamp();
        while (latencies.Count < iterations || Stopwatch.GetElapsedTime(start).TotalMilliseconds < duration)
        {
            var begin = Stopwatch.GetTimestamp();
            _engine.Run(_images, _batch);
            latencies.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var group in latencies.Chunk((int)_options.Number("avgRuns", 10)))
        {
            Print(Culture, $"Average on {group.Length} runs - GPU latency: {group.Average():g6} ms - Host latency: {group.Average():g6} ms");
        }

        Print(Culture, $"=== Performance summary ===");
        Print(Culture, $"Throughput: {latencies.Count / seconds:g6} qps");
        Print(Culture, $"Latency: {Summary(latencies)}");
        Print(Culture, $"GPU Compute Time: {Summary(latencies)}");
    }

    /// <summary>Writes the outputs as trtexec does.</summary>
    public void Export(string path)
    {
        var outputs = _engine.Run(_images, _batch).Select(output => string.Create(
            Culture,
            $$"""
              { "name" : "{{output.Name}}"
              , "dimensions" : "{{string.Join('x', output.Shape)}}"
              , "values" : [ {{string.Join(", ", output.Values.Select(value => value.ToString("R", Culture)))}} ]
              }
            """));
        File.WriteAllText(path, $"[\n{string.Join(",\n", outputs)}\n]\n");
    }

    private string Summary(List<double> latencies)
    {
        var percentiles = (_options.Text("percentile") ?? (_options.Version < 8500 ? "99" : "90,95,99")).Split(',');
        var of99 = LatencyStatistics.Of(latencies, 99);
        var rest = percentiles.Select(percent => string.Create(
            Culture, $"percentile({percent}%) = {LatencyStatistics.Of(latencies, double.Parse(percent, Culture)).Percentile:g6} ms"));
        return string.Create(
            Culture,
            $"min = {of99.Min:g6} ms, max = {of99.Max:g6} ms, mean = {of99.Mean:g6} ms, median = {of99.Median:g6} ms, ")
            + string.Join(", ", rest);
    }

    private static void Print(CultureInfo culture, FormattableString text) =>
        Console.WriteLine($"[{DateTime.Now.ToString("MM/dd/yyyy-HH:mm:ss", culture)}] [I] {text.ToString(culture)}");
}
