using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>What one operator of a running model costs.</summary>
/// <param name="Name">The node's name in the engine file.</param>
/// <param name="Operator">Its operator, such as <c>QLinearConv</c>.</param>
/// <param name="Milliseconds">Mean time of one run.</param>
/// <param name="Fastest">Time of its fastest run in milliseconds: what other work on the machine disturbs least.</param>
public sealed record NodeTiming(string Name, string Operator, double Milliseconds, double Fastest);

/// <summary>Times a model node by node with the runtime's own profiler: what to look at when a layer is to become faster.</summary>
public static class OrtNodeProfiler
{
    private const string KernelSuffix = "_kernel_time";

    /// <summary>Runs a model at its own batch, or batch 1 where that is open, and times its nodes.</summary>
    /// <param name="modelPath">The model or engine file.</param>
    /// <param name="options">Threads and whether to optimize the graph first; an engine file needs no more optimizing.</param>
    /// <param name="runs">Runs averaged, after one that is left out.</param>
    /// <returns>All nodes that ran, in the order of execution.</returns>
    /// <exception cref="EngineException">The model cannot be loaded or run.</exception>
    public static IReadOnlyList<NodeTiming> Profile(string modelPath, OrtCpuOptions options, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        var folder = Directory.CreateTempSubdirectory("ort-profile-");
        try
        {
            var level = options.OptimizeGraph ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
            using var sessionOptions = OrtSessions.Options(options, level);

            // In this order: switching the profiler on takes the path that is set by then.
            sessionOptions.ProfileOutputPathPrefix = Path.Combine(folder.FullName, "profile");
            sessionOptions.EnableProfiling = true;
            using var engine = new OrtEngine(modelPath, sessionOptions);
            var run = engine.PrepareRun(engine.Input.FixedBatch ?? 1);
            for (var count = 0; count <= runs; count++)
            {
                run();
            }

            return Read(File.ReadAllBytes(engine.EndProfiling()), runs);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Reads the profiler's events, of which a node's are
    /// <code>
    /// { "cat" : "Node", "dur" : 41, "name" : "conv0_kernel_time", "args" : { "op_name" : "Conv", … } }
    /// </code>
    /// durations in microseconds. Every node ran once a run; its first run is left out.
    /// </summary>
    private static IReadOnlyList<NodeTiming> Read(ReadOnlySpan<byte> json, int runs)
    {
        var kernels = JsonSerializer.Deserialize<ProfilerEvent[]>(json, JsonSerializerOptions.Web)!
            .Where(entry => entry.Cat == "Node" && entry.Name.EndsWith(KernelSuffix, StringComparison.Ordinal));
        var nodes = new OrderedDictionary<string, (string Operator, List<double> Durations)>(StringComparer.Ordinal);
        foreach (var kernel in kernels)
        {
            var key = kernel.Name[..^KernelSuffix.Length];
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes[key] = node = (kernel.Args.Operator, new List<double>(runs + 1));
            }

            node.Durations.Add(kernel.Dur / 1000);
        }

        return [.. nodes.Select(node => new NodeTiming(
            node.Key,
            node.Value.Operator,
            node.Value.Durations.Skip(1).Sum() / runs,
            node.Value.Durations.Skip(1).DefaultIfEmpty().Min()))];
    }

    private sealed record ProfilerEvent(string Cat, string Name, double Dur, KernelArguments Args);

    private sealed record KernelArguments([property: JsonPropertyName("op_name")] string Operator);
}
