using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Weighted means of two images.</summary>
internal static class Blend
{
    /// <summary>first = first · ratio + second · (1 − ratio), halves to even.</summary>
    /// <param name="first">Overwritten.</param>
    /// <param name="second">As long as the first.</param>
    /// <param name="ratio">0…1.</param>
    public static void Into(Span<byte> first, ReadOnlySpan<byte> second, double ratio)
    {
        var x = 0;
        ref var to = ref MemoryMarshal.GetReference(first);
        ref var from = ref MemoryMarshal.GetReference(second);
        var (firstWeight, secondWeight) = ((float)ratio, (float)(1 - ratio));
        for (; Sse41.IsSupported && x <= first.Length - 16; x += 16)
        {
            Sse2.PackUnsignedSaturate(Words(ref to, ref from, x), Words(ref to, ref from, x + 8)).StoreUnsafe(ref to, (nuint)x);
        }

        IntoScalar(first[x..], second[x..], ratio);

        Vector128<short> Words(ref byte a, ref byte b, int at) =>
            Sse2.PackSignedSaturate(Four(ref a, ref b, at), Four(ref a, ref b, at + 4));

        Vector128<int> Four(ref byte a, ref byte b, int at) =>
            Sse2.ConvertToVector128Int32((Floats(ref a, at) * firstWeight) + (Floats(ref b, at) * secondWeight));

        static Vector128<float> Floats(ref byte bytes, int at)
        {
            var four = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, at)));
            return Vector128.ConvertToSingle(Sse41.ConvertToVector128Int32(four.AsByte()));
        }
    }

    /// <summary>The definition of <see cref="Into"/>.</summary>
    internal static void IntoScalar(Span<byte> first, ReadOnlySpan<byte> second, double ratio)
    {
        for (var x = 0; x < first.Length; x++)
        {
            first[x] = (byte)MathF.Round((first[x] * (float)ratio) + (second[x] * (float)(1 - ratio)));
        }
    }
}
