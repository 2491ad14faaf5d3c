using System.Text;
using System.Text.Json;
using QatPipeline.Quantization;

namespace QatPipeline.Graphs;

/// <summary>
/// Keeps a graph's quantizers in the model's metadata, as canonical JSON (fixed key order, no white space, shortest round-trip numbers):
/// <c>[{"name":"c1.input","scheme":"SignedSymmetric","weight":false,"axis":null,"group":null,"enabled":true,"uses":[["c1",0]],"ranges":[[-1,1]]}]</c>.
/// </summary>
internal static class QuantizerMetadata
{
    public const string Key = "qat.quantizers";

    /// <summary>The graph's metadata with its quantizers added.</summary>
    public static SortedDictionary<string, string> AddTo(Graph graph)
    {
        var metadata = new SortedDictionary<string, string>(graph.Metadata, StringComparer.Ordinal);
        if (graph.Quantizers.Count > 0)
        {
            metadata[Key] = ToJson(graph.Quantizers);
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
            using var document = JsonDocument.Parse(json);
            graph.Quantizers.AddRange(document.RootElement.EnumerateArray().Select(ToQuantizer));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new GraphException($"metadata '{Key}' is malformed: {exception.Message}", exception);
        }

        CheckUses(graph);
    }

    private static string ToJson(List<Quantizer> quantizers)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var quantizer in quantizers)
            {
                Write(json, quantizer);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Quantizer quantizer)
    {
        json.WriteStartObject();
        json.WriteString("name", quantizer.Name);
        json.WriteString("scheme", quantizer.Scheme.ToString());
        json.WriteBoolean("weight", quantizer.IsWeight);
        json.WritePropertyName("axis");
        if (quantizer.Axis is { } axis)
        {
            json.WriteNumberValue(axis);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("group", quantizer.Group);
        json.WriteBoolean("enabled", quantizer.IsEnabled);
        json.WriteStartArray("uses");
        foreach (var use in quantizer.Uses)
        {
            json.WriteStartArray();
            json.WriteStringValue(use.Node);
            json.WriteNumberValue(use.Input);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("ranges");
        foreach (var range in quantizer.Ranges)
        {
            if (!float.IsFinite(range.Low) || !float.IsFinite(range.High))
            {
                throw new GraphException($"quantizer '{quantizer.Name}' has the range {range.Low} to {range.High}: calibrate it again, ranges must be finite");
            }

            json.WriteStartArray();
            json.WriteNumberValue(range.Low);
            json.WriteNumberValue(range.High);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Quantizer ToQuantizer(JsonElement json)
    {
        var axis = json.GetProperty("axis");
        var quantizer = new Quantizer(json.GetProperty("name").GetString() ?? throw new FormatException("a quantizer has no name"), ToScheme(json.GetProperty("scheme")))
        {
            IsWeight = json.GetProperty("weight").GetBoolean(),
            Axis = axis.ValueKind == JsonValueKind.Null ? null : axis.GetInt32(),
            Group = json.GetProperty("group").GetString(),
            IsEnabled = json.GetProperty("enabled").GetBoolean(),
            Ranges = [.. json.GetProperty("ranges").EnumerateArray().Select(range => new QuantizationRange(range[0].GetSingle(), range[1].GetSingle()))],
        };
        quantizer.Uses.AddRange(json.GetProperty("uses").EnumerateArray().Select(use => new QuantizerUse(use[0].GetString() ?? "", use[1].GetInt32())));
        return quantizer;
    }

    private static QuantizationScheme ToScheme(JsonElement json) =>
        Enum.TryParse<QuantizationScheme>(json.GetString(), out var scheme) && Enum.IsDefined(scheme)
            ? scheme
            : throw new FormatException($"unknown scheme '{json.GetString()}'");

    private static void CheckUses(Graph graph)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers)
        {
            foreach (var use in quantizer.Uses)
            {
                if (!nodes.TryGetValue(use.Node, out var node) || use.Input < 0 || node.Input(use.Input) is null)
                {
                    throw new GraphException($"quantizer '{quantizer.Name}' is on input {use.Input} of node '{use.Node}', which does not exist");
                }
            }
        }
    }
}
