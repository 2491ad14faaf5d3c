using System.Numerics;
using System.Runtime.InteropServices;

namespace QatPipeline.Quantization.Calibration;

/// <summary>The extremes of a tensor's values and of their magnitudes.</summary>
internal readonly record struct ValueBounds(float Minimum, float Maximum, float SmallestMagnitude)
{
    /// <summary>The bounds of no value.</summary>
    public static ValueBounds None { get; } = new(float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity);

    public float LargestMagnitude => MathF.Max(MathF.Abs(Minimum), MathF.Abs(Maximum));

    public ValueBounds Union(ValueBounds other) => new(
        MathF.Min(Minimum, other.Minimum),
        MathF.Max(Maximum, other.Maximum),
        MathF.Min(SmallestMagnitude, other.SmallestMagnitude));

    /// <summary>One pass over the values; null if one of them is NaN or infinite.</summary>
    public static ValueBounds? Of(ReadOnlySpan<float> values)
    {
        ValueBounds? bounds = None;
        ParallelBlocks.Fold<ValueBounds?>(
            values, () => None, (block, state) => Join(state, OfBlock(block)), state => bounds = Join(bounds, state));
        return bounds;
    }

    private static ValueBounds? Join(ValueBounds? one, ValueBounds? other) =>
        one is { } left && other is { } right ? left.Union(right) : null;

    private static ValueBounds? OfBlock(ReadOnlySpan<float> values)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        var (minimum, maximum) = (new Vector<float>(float.PositiveInfinity), new Vector<float>(float.NegativeInfinity));
        var (smallest, poison) = (new Vector<float>(float.PositiveInfinity), Vector<float>.Zero);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = Vector.LoadUnsafe(ref from, (nuint)i);
            minimum = Vector.MinNative(minimum, value);
            maximum = Vector.MaxNative(maximum, value);
            smallest = Vector.MinNative(smallest, Vector.Abs(value));

            // 0·x is 0 for every finite x and NaN otherwise; NaN persists in the sum.
            poison += value * Vector<float>.Zero;
        }

        var bounds = None;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            bounds = bounds.Union(new(minimum[lane], maximum[lane], smallest[lane]));
        }

        var poisoned = Vector.Sum(poison);
        foreach (var value in values[i..])
        {
            bounds = bounds.Union(new(value, value, MathF.Abs(value)));
            poisoned += value * 0f;
        }

        return float.IsNaN(poisoned) ? null : bounds;
    }
}
