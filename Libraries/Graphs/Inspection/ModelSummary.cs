using System.Globalization;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Targets;

namespace QatPipeline.Graphs.Inspection;

/// <summary>An input or output in a summary. Unknown dimensions are <c>?</c> or their name.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Type">Name of the element type; <c>NotATensor</c> for sequences, maps and optionals.</param>
/// <param name="Shape">Outermost dimension first; null for an unknown rank.</param>
public sealed record ValueSummary(string Name, string Type, IReadOnlyList<string>? Shape);

/// <summary>A quantizer in a summary.</summary>
/// <param name="Name">The quantizer's name.</param>
/// <param name="Scheme">How values become codes.</param>
/// <param name="IsWeight">Weight or activation.</param>
/// <param name="Axis">Axis with one range per index, or null.</param>
/// <param name="Group">Quantizers that share one range, or null.</param>
/// <param name="IsEnabled">False where its uses are left float.</param>
/// <param name="Uses">Node inputs, as <c>node[input]</c>.</param>
/// <param name="Ranges">How many ranges it has; 0 before calibration.</param>
/// <param name="Low">The lowest end of its ranges; null before calibration.</param>
/// <param name="High">The highest end of its ranges; null before calibration.</param>
public sealed record QuantizerSummary(
    string Name,
    string Scheme,
    bool IsWeight,
    int? Axis,
    string? Group,
    bool IsEnabled,
    IReadOnlyList<string> Uses,
    int Ranges,
    float? Low,
    float? High);

/// <summary>What a model is, at a glance, and as JSON.</summary>
public sealed record ModelSummary
{
    /// <summary><see cref="Graph.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of detector it is, in a sentence; null where nobody looked.</summary>
    public string? Detector { get; init; }

    /// <summary>Operator set versions by domain; the standard domain is <c>ai.onnx</c>.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>In the order they are fed.</summary>
    public required IReadOnlyList<ValueSummary> Inputs { get; init; }

    /// <summary>In the order they are returned.</summary>
    public required IReadOnlyList<ValueSummary> Outputs { get; init; }

    /// <summary>Number of nodes, Constant nodes included.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes by operator; operators outside the standard domain as <c>domain.Operator</c>.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Elements of the constants that can be trained or quantized: not scalars, shapes, indices and flags.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of all constants.</summary>
    public required long ConstantBytes { get; init; }

    /// <summary>
    /// Enabled or not; empty for a float model. Of a model of another tool those that its Q/DQ nodes, or its operators on codes, mean.
    /// </summary>
    public required IReadOnlyList<QuantizerSummary> Quantizers { get; init; }

    /// <summary>What was changed, or would be, to work with a model of another tool; empty where nothing is.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Why the model cannot be worked with, and what to do; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Operators that the model has beyond those that can be calibrated and trained, as in <see cref="Operators"/>.</summary>
    public IReadOnlyList<string> Unsupported { get; init; } = [];

    /// <summary>Key/value pairs of the file, without those the quantizers are kept in.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Counts what the graph has.</summary>
    /// <param name="graph">As it was read; not changed.</param>
    /// <param name="missing">Names the operators that a graph has beyond those that are wanted.</param>
    public static ModelSummary Of(Graph graph, Func<Graph, IReadOnlyList<string>>? missing = null)
    {
        var (meant, problem) = WorkedWith(graph);
        Tensor[] constants = [.. graph.Initializers.Values.Concat(graph.Nodes.Select(ConstantNode.ValueOf).OfType<Tensor>())];
        return new ModelSummary
        {
            Name = graph.Name,
            Opsets = new SortedDictionary<string, long>(
                graph.OpsetImports.ToDictionary(import => Domain(import.Key), import => import.Value), StringComparer.Ordinal),
            Inputs = [.. graph.Inputs.Select(Summarize)],
            Outputs = [.. graph.Outputs.Select(Summarize)],
            Nodes = graph.Nodes.Count,
            Operators = new SortedDictionary<string, int>(
                graph.Nodes.CountBy(node => node.QualifiedOperator).ToDictionary(), StringComparer.Ordinal),
            Parameters = constants.Where(IsParameter).Sum(tensor => tensor.Length),
            ConstantBytes = constants.Sum(tensor => (long)tensor.Bytes.Length),
            Quantizers = [.. meant.Quantizers.Select(Summarize)],
            Remarks = [.. meant.Remarks],
            Problem = problem,
            Unsupported = missing?.Invoke(meant) ?? [],
            Metadata = new SortedDictionary<string, string>(graph.Metadata, StringComparer.Ordinal),
        };
    }

    /// <summary>The graph as every command would work with it, and why none can.</summary>
    private static (Graph Meant, string? Problem) WorkedWith(Graph graph)
    {
        var copy = graph.Clone();
        try
        {
            ModelImporter.Apply(copy);
            ForeignQuantizers.Lift(copy);
            return (copy, null);
        }
        catch (GraphException exception)
        {
            return (graph, exception.Message);
        }
    }

    private static bool IsParameter(Tensor tensor) =>
        tensor.Length > 1 && tensor.Type is not (ElementType.Bool or ElementType.String or ElementType.Int64);

    private static string Domain(string domain) => domain.Length == 0 ? "ai.onnx" : domain;

    private static ValueSummary Summarize(ValueInfo value) =>
        new(
            value.Name,
            value.OpaqueType.IsEmpty ? value.Type.ToString() : "NotATensor",
            value.Shape?.Select(dimension => dimension.ToString()).ToArray());

    private static QuantizerSummary Summarize(Quantizer quantizer) => new(
        quantizer.Name,
        quantizer.Scheme.ToString(),
        quantizer.IsWeight,
        quantizer.Axis,
        quantizer.Group,
        quantizer.IsEnabled,
        [.. quantizer.Uses.Select(use => string.Create(CultureInfo.InvariantCulture, $"{use.Node}[{use.Input}]"))],
        quantizer.Ranges.Count,
        quantizer.IsCalibrated ? quantizer.Ranges.Min(range => range.Low) : null,
        quantizer.IsCalibrated ? quantizer.Ranges.Max(range => range.High) : null);
}
