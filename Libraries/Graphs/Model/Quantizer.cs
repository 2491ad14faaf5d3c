using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Model;

/// <summary>One place a quantizer is applied: an input of a node.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Input">Position among its inputs, from 0.</param>
public sealed record QuantizerUse(string Node, int Input);

/// <summary>
/// A simulated quantize/dequantize pair placed on inputs of nodes. Calibration fills its ranges, quantization-aware training
/// simulates it, every form writes it. Quantizers of one <see cref="Group"/> share one range.
/// </summary>
public sealed class Quantizer(string name, QuantizationScheme scheme)
{
    /// <summary>Unique in its graph, stable across back ends: the host's name and the input's role.</summary>
    public string Name { get; } = name;

    /// <summary>Signedness and interval of the codes; with a range it determines scale and zero point.</summary>
    public QuantizationScheme Scheme { get; set; } = scheme;

    /// <summary>True for constants (weights), false for activations.</summary>
    public bool IsWeight { get; init; }

    /// <summary>The axis with one range per index, or null for one range per tensor.</summary>
    public int? Axis { get; set; }

    /// <summary>The node inputs it is applied to; all uses carry the same range.</summary>
    public List<QuantizerUse> Uses { get; } = [];

    /// <summary>Quantizers of the same group have one range, the union of theirs; null for a quantizer of its own.</summary>
    public string? Group { get; set; }

    /// <summary>One range (per tensor) or one per index of <see cref="Axis"/>; empty until calibrated.</summary>
    public IReadOnlyList<QuantizationRange> Ranges { get; set; } = [];

    /// <summary>False leaves its uses float: the choice of partial quantization.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>True once it has ranges, whether it is enabled or not.</summary>
    public bool IsCalibrated => Ranges.Count > 0;

    /// <summary>A copy with a list of uses of its own; ranges, which are replaced and never edited, are shared.</summary>
    public Quantizer Clone()
    {
        var clone = new Quantizer(Name, Scheme) { IsWeight = IsWeight, Axis = Axis, Group = Group, Ranges = Ranges, IsEnabled = IsEnabled };
        clone.Uses.AddRange(Uses);
        return clone;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
