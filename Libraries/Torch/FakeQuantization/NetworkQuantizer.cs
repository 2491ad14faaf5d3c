using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>One range of a running network: a quantizer, or all quantizers of a group, which share it.</summary>
public sealed class NetworkQuantizer : IDisposable
{
    private FakeQuantizeArguments? _arguments;
    private IReadOnlyList<QuantizationRange> _ranges;
    private IReadOnlyList<QuantizationRange>? _widened;

    internal NetworkQuantizer(string name, IReadOnlyList<Quantizer> members)
    {
        Name = name;
        Members = members;
        Scheme = members[0].Scheme;
        Axis = members[0].Axis;
        IsWeight = members[0].IsWeight;
        _ranges = Widest(members);
    }

    /// <summary>The group's name, or the quantizer's own.</summary>
    public string Name { get; }

    /// <summary>The graph's quantizers with this range.</summary>
    public IReadOnlyList<Quantizer> Members { get; }

    /// <summary>Number format of the codes; all members have the first one's.</summary>
    public QuantizationScheme Scheme { get; }

    /// <summary>The axis with one range per index; null for one range per tensor.</summary>
    public int? Axis { get; }

    /// <summary>Whether the range is of weights rather than activations.</summary>
    public bool IsWeight { get; }

    /// <summary>True when it takes part in fake quantization: calibrated, and enabled at one of its members.</summary>
    public bool IsActive => IsCalibrated && Members.Any(member => member.IsEnabled);

    internal bool IsCalibrated => _ranges.Count > 0;

    /// <summary>The ranges as they are now, learned factors included; empty until calibrated.</summary>
    public IReadOnlyList<QuantizationRange> Ranges
    {
        get => LogFactors is null ? _ranges : [Learned()];
        set
        {
            _ranges = value;
            _arguments = null;
        }
    }

    /// <summary>Ranges of a weight to simulate in place of its own, so that biases fit int32; null where its own do.</summary>
    internal IReadOnlyList<QuantizationRange>? Widened
    {
        get => _widened;
        set
        {
            _arguments = value is null && _widened is null ? _arguments : null;
            _widened = value;
        }
    }

    /// <summary>The ranges that are applied.</summary>
    internal IReadOnlyList<QuantizationRange> Simulated => _widened ?? Ranges;

    /// <summary>Trainable logarithms [2] of the factors on the range's low and high end; null while the range is fixed.</summary>
    internal Tensor? LogFactors { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => LogFactors?.Dispose();

    /// <summary>Makes a per-tensor range trainable; others stay as they are.</summary>
    internal void LearnRange(Device device)
    {
        if (!IsWeight && IsActive && Axis is null && LogFactors is null)
        {
            LogFactors = zeros(2, device: device).requires_grad_().DetachFromDisposeScope();
        }
    }

    /// <summary>
    /// Sets per-channel or per-tensor symmetric ranges from the largest magnitudes of a weight, as <see cref="WeightRanges"/> does.
    /// </summary>
    internal void FollowWeight(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var magnitudes = weight.abs();
        var amax = Axis is { } axis
            ? magnitudes.amax([.. Enumerable.Range(0, (int)weight.dim()).Where(other => other != axis).Select(other => (long)other)])
            : magnitudes.max();
        Ranges = Array.ConvertAll(amax.ToFloats(), bound => QuantizationRange.FromAmax(bound > 0 ? bound : 1));
    }

    internal Tensor Apply(Tensor value)
    {
        var arguments = LogFactors is null
            ? _arguments ??= new FakeQuantizeArguments(Scheme, Axis, Simulated)
            : new FakeQuantizeArguments(Scheme, null, [Learned()]);
        return FakeQuantizeFunction.Apply(value, LogFactors, arguments);
    }

    private QuantizationRange Learned()
    {
        var factors = LogFactors!.ToFloats();
        var range = _ranges[0];
        if (Scheme.IsSigned())
        {
            return QuantizationRange.FromAmax(range.Amax * MathF.Exp(factors[1]));
        }

        // The codes always hold zero; a range on one side of it could otherwise be learned inside out.
        return new QuantizationRange(MathF.Min(range.Low, 0) * MathF.Exp(factors[0]), MathF.Max(range.High, 0) * MathF.Exp(factors[1]));
    }

    // Quantizers of one group have one range: the union of theirs, less those that are left float.
    private static IReadOnlyList<QuantizationRange> Widest(IReadOnlyList<Quantizer> members)
    {
        var calibrated = members.Where(member => member is { IsEnabled: true, IsCalibrated: true }).ToList();
        calibrated = calibrated.Count > 0 ? calibrated : [.. members.Where(member => member.IsCalibrated)];
        return calibrated.Count == 0
            ? []
            : [.. Enumerable.Range(0, calibrated[0].Ranges.Count).Select(index => new QuantizationRange(
                calibrated.Min(member => member.Ranges[index].Low), calibrated.Max(member => member.Ranges[index].High)))];
    }
}
