using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Onnx;

/// <summary>
/// Keeps a graph's quantizers in the model's metadata, as canonical JSON: fixed key order, shortest round-trip numbers, no white space
/// (none of what is here between the lines).
/// <code>
/// [{"name":"c1.input","scheme":"SignedSymmetric","weight":false,"axis":null,"group":null,"enabled":true,
///   "uses":[{"node":"c1","input":0}],"ranges":[{"low":-1,"high":1}]}]
/// </code>
/// </summary>
internal static class QuantizerMetadata
{
    public const string Key = "qat.quantizers";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter<QuantizationScheme>(namingPolicy: null, allowIntegerValues: false) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The graph's metadata with its quantizers added.</summary>
    /// <exception cref="GraphException">A range is not a finite interval.</exception>
    public static SortedDictionary<string, string> AddTo(Graph graph)
    {
        var metadata = new SortedDictionary<string, string>(graph.Metadata, StringComparer.Ordinal);
        if (graph.Quantizers.Count > 0)
        {
            Check(graph);
            metadata[Key] = JsonSerializer.Serialize(graph.Quantizers.Select(Entry.Of), Options);
        }

        return metadata;
    }

    /// <summary>Takes the quantizers out of the metadata into the graph.</summary>
    /// <exception cref="GraphException">The metadata is malformed or names a node input that does not exist.</exception>
    public static void Restore(Graph graph)
    {
        if (!graph.Metadata.Remove(Key, out var json))
        {
            return;
        }

        try
        {
            var entries = JsonSerializer.Deserialize<IReadOnlyList<Entry>>(json, Options) ?? throw new JsonException("It is null.");
            graph.Quantizers.AddRange(entries.Select(entry => (entry ?? throw new JsonException("A quantizer is null.")).ToQuantizer()));
        }
        catch (JsonException exception)
        {
            throw new GraphException($"Metadata '{Key}' is malformed: {exception.Message}", exception);
        }

        Check(graph);
    }

    private static void Check(Graph graph)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers)
        {
            if (!names.Add(quantizer.Name))
            {
                throw new GraphException($"Two quantizers have the name '{quantizer.Name}'.");
            }

            if (quantizer.Axis < 0)
            {
                throw new GraphException($"Quantizer '{quantizer.Name}' has axis {quantizer.Axis}: it must not be negative.");
            }

            foreach (var range in quantizer.Ranges.Where(
                range => !float.IsFinite(range.Low) || !float.IsFinite(range.High) || range.Low > range.High))
            {
                throw new GraphException(
                    $"Quantizer '{quantizer.Name}' has the range {range.Low} to {range.High}: "
                    + "calibrate it again, a range must be a finite interval.");
            }

            foreach (var use in quantizer.Uses)
            {
                if (!nodes.TryGetValue(use.Node, out var node) || use.Input < 0 || node.Input(use.Input) is null)
                {
                    throw new GraphException(
                        $"Quantizer '{quantizer.Name}' is on input {use.Input} of node '{use.Node}', which does not exist.");
                }
            }
        }
    }

    private sealed record Interval(float Low, float High);

    private sealed record Entry(
        string Name,
        QuantizationScheme Scheme,
        bool Weight,
        int? Axis,
        string? Group,
        bool Enabled,
        IReadOnlyList<QuantizerUse> Uses,
        IReadOnlyList<Interval> Ranges)
    {
        public static Entry Of(Quantizer quantizer) => new(
            quantizer.Name,
            quantizer.Scheme,
            quantizer.IsWeight,
            quantizer.Axis,
            quantizer.Group,
            quantizer.IsEnabled,
            quantizer.Uses,
            [.. quantizer.Ranges.Select(range => new Interval(range.Low, range.High))]);

        public Quantizer ToQuantizer()
        {
            if (Uses.Any(use => use?.Node is null) || Ranges.Contains(null))
            {
                throw new JsonException($"Quantizer '{Name}' has an empty use or range.");
            }

            var quantizer = new Quantizer(Name, Scheme)
            {
                IsWeight = Weight,
                Axis = Axis,
                Group = Group,
                IsEnabled = Enabled,
                Ranges = [.. Ranges.Select(range => new QuantizationRange(range.Low, range.High))],
            };
            quantizer.Uses.AddRange(Uses);
            return quantizer;
        }
    }
}
