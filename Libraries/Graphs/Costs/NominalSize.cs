using System.Globalization;

namespace QatPipeline.Graphs.Costs;

/// <summary>The input size, in pixels, that a graph with an open one is made for: what costs are estimated and engines timed at.</summary>
public static class NominalSize
{
    private const string Key = "input.size";

    /// <summary>Records the size in the graph's metadata.</summary>
    public static void Record(Graph graph, int height, int width) =>
        graph.Metadata[Key] = string.Create(CultureInfo.InvariantCulture, $"{height} {width}");

    /// <summary>The recorded size; null where there is none.</summary>
    public static (int Height, int Width)? Of(Graph graph) =>
        graph.Metadata.TryGetValue(Key, out var text)
        && text.Split(' ') is [var height, var width]
        && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            ? (rows, columns)
            : null;
}
