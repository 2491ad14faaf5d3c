using System.Globalization;

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

    /// <summary>Enabled or not; empty for a float model. Q/DQ nodes count as operators until they are lifted.</summary>
    public required IReadOnlyList<QuantizerSummary> Quantizers { get; init; }

    /// <summary>Key/value pairs of the file, without those the quantizers are kept in.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Counts what the graph has; runs no shape inference.</summary>
    public static ModelSummary Of(Graph graph)
    {
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
                graph.Nodes.CountBy(node => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}").ToDictionary(),
                StringComparer.Ordinal),
            Parameters = constants.Where(IsParameter).Sum(tensor => tensor.Length),
            ConstantBytes = constants.Sum(tensor => (long)tensor.Bytes.Length),
            Quantizers = [.. graph.Quantizers.Select(Summarize)],
            Metadata = new SortedDictionary<string, string>(graph.Metadata, StringComparer.Ordinal),
        };
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
