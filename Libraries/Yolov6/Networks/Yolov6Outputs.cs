namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// Names of the values of a YOLOv6 graph that training, distillation and decoding need. They are also kept in the graph's metadata, so
/// that a graph read from a file can be trained.
/// </summary>
/// <param name="Stems">Outputs of the three head stems [B,C,H,W], strides 8, 16, 32.</param>
/// <param name="Scores">[B,A,K] class probabilities.</param>
/// <param name="Distances">[B,A,4] raw distances (left, top, right, bottom) in units of the stride.</param>
/// <param name="Neck">The neck's outputs P3, P4, P5 [B,C,H,W]: what feature distillation compares.</param>
/// <param name="RepBlocks">Names of the 3×3 blocks in registration order, which pairs them with RepOptimizer's scales.</param>
public sealed record Yolov6Outputs(
    IReadOnlyList<string> Stems, string Scores, string Distances, IReadOnlyList<string> Neck, IReadOnlyList<string> RepBlocks)
{
    private const string Prefix = "yolov6.";

    /// <summary>Strides of the levels in pixels.</summary>
    public static IReadOnlyList<int> Strides { get; } = [8, 16, 32];

    /// <summary>What a training step reads: scores, distances and, for feature distillation, the neck.</summary>
    public IReadOnlyList<string> TrainingValues => [Scores, Distances, .. Neck];

    /// <summary>Whether the graph was built as a YOLOv6.</summary>
    public static bool IsIn(Graph graph) => graph.Metadata.ContainsKey(Prefix + "scores");

    /// <summary>The names recorded in a graph's metadata.</summary>
    /// <exception cref="GraphException">The graph was not built as a YOLOv6.</exception>
    public static Yolov6Outputs Of(Graph graph)
    {
        return new Yolov6Outputs(Names("stems"), Names("scores")[0], Names("distances")[0], Names("neck"), Names("rep_blocks"));

        string[] Names(string key) => graph.Metadata.TryGetValue(Prefix + key, out var value)
            ? value.Split(' ')
            : throw new GraphException(
                $"Graph '{graph.Name}' has no metadata '{Prefix}{key}': it was not built as a YOLOv6, so it has no task loss; "
                + "train it by distillation.");
    }

    internal void Record(Graph graph)
    {
        graph.Metadata[Prefix + "stems"] = string.Join(' ', Stems);
        graph.Metadata[Prefix + "scores"] = Scores;
        graph.Metadata[Prefix + "distances"] = Distances;
        graph.Metadata[Prefix + "neck"] = string.Join(' ', Neck);
        graph.Metadata[Prefix + "rep_blocks"] = string.Join(' ', RepBlocks);
    }
}
