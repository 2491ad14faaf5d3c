using System.Numerics;
using System.Runtime.CompilerServices;

namespace QatPipeline.Quantization.Arithmetic;

/// <summary>The vector form of quantization, shared by the kernels.</summary>
internal static class QuantizeKernel
{
    /// <summary>clamp(rint(x / scale)), the code less the zero point, as float. NaN stays NaN: comparing it is false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Centered(Vector<float> values, Vector<float> scale, Vector<float> low, Vector<float> high)
    {
        var rounded = Vector.Round(values / scale);
        rounded = Vector.ConditionalSelect(Vector.LessThan(rounded, low), low, rounded);
        return Vector.ConditionalSelect(Vector.GreaterThan(rounded, high), high, rounded);
    }
}
