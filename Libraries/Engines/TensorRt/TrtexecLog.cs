using System.Globalization;
using System.Text.RegularExpressions;

namespace QatPipeline.Engines.TensorRt;

/// <summary>
/// Reads what trtexec prints. A line of its performance summary, broken here:
/// <code>
/// [10/03/2024-10:47:59] [I] Latency: min = 5.38672 ms, max = 13.3664 ms, mean = 7.60628 ms, median = 7.16092 ms,
///     percentile(99%) = 12.9675 ms
/// </code>
/// Versions before 8.5 print one percentile, later ones the requested one or 90, 95 and 99 %.
/// </summary>
internal static partial class TrtexecLog
{
    /// <summary>The timing of a run at a batch size.</summary>
    /// <exception cref="EngineException">The summary is not there.</exception>
    public static EngineTiming Timing(string output, int batch, TimingOptions options, string environment)
    {
        var latency = Statistics(output, "Latency", options.Percentile)
            ?? throw new EngineException($"trtexec printed no performance summary; its output ends with: {Tail(output)}");
        var throughput = Throughput().Match(output);
        var queries = throughput.Success ? Number(throughput.Groups[1].Value) : 0;
        return new EngineTiming
        {
            Batch = batch,
            Execution = BatchExecution.Native,
            Latency = latency,
            Compute = Statistics(output, "GPU Compute Time", options.Percentile),

            // A query is one inference of the whole batch. Some 8.0 builds print 0 for networks with an explicit batch.
            ImagesPerSecond = batch * (queries > 0 ? queries : 1000 * options.Streams / latency.Mean),
            RunAverages = [.. RunAverage().Matches(output).Select(match => Number(match.Groups[1].Value))],
            Options = options,
            Environment = environment,
        };
    }

    /// <summary>The messages of errors, without time and severity.</summary>
    public static IReadOnlyList<string> Errors(string output) =>
        [.. ErrorLine().Matches(output).Select(match => match.Groups[1].Value.Trim())];

    /// <summary>Tensors that no scale was found for, so that their layers run in float.</summary>
    public static IReadOnlyList<string> TensorsWithoutScale(string output) =>
        [.. MissingScale().Matches(output).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The last lines.</summary>
    public static string Tail(string output) =>
        string.Join(" | ", output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5).Select(line => line.Trim()));

    private static LatencyStatistics? Statistics(string output, string name, double percentile)
    {
        var line = Regex.Match(output, $@"\[I\] {Regex.Escape(name)}: (min = .*)$", RegexOptions.Multiline);
        if (!line.Success)
        {
            return null;
        }

        var values = Figure()
            .Matches(line.Groups[1].Value)
            .ToDictionary(match => match.Groups[1].Value, match => Number(match.Groups[2].Value), StringComparer.Ordinal);
        var requested = string.Create(CultureInfo.InvariantCulture, $"percentile({percentile}%)");
        return values.TryGetValue("min", out var min) && values.TryGetValue("max", out var max) && values.TryGetValue("mean", out var mean)
            && values.TryGetValue("median", out var median)
                ? new(min, max, mean, median, values.GetValueOrDefault(requested, max))
                : null;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[I\] Throughput: ([\d.e+-]+) qps")]
    private static partial Regex Throughput();

    [GeneratedRegex(@"(\w+(?:\([\d.]+%\))?) = ([\d.e+-]+) ms")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\[I\] Average on \d+ runs - GPU latency: [\d.e+-]+ ms - Host latency: ([\d.e+-]+) ms")]
    private static partial Regex RunAverage();

    [GeneratedRegex(@"\[E\] (?:\[TRT\] )?(.+)$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"Missing scale and zero-point for tensor (.+?), expect fall back")]
    private static partial Regex MissingScale();
}
