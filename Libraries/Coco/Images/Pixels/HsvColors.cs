using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Blue, green, red to hue (half the angle, 0…179), saturation, value and back, 8 bits each, in place.</summary>
internal static class HsvColors
{
    /// <summary>Hues of the circle.</summary>
    public const int HueRange = 180;

    private const int FractionBits = 12;
    private const int Half = 1 << (FractionBits - 1);
    private const float HueToSector = 6f / HueRange;

    // 255 / value and 30 / spread in fixed point.
    private static readonly int[] Saturations = Reciprocals(byte.MaxValue);
    private static readonly int[] Hues = Reciprocals(HueRange / 6.0);

    /// <summary>Blue, green, red become hue, saturation, value.</summary>
    public static void FromBgr(Span<uint> pixels)
    {
        var x = 0;
        for (; Avx2.IsSupported && x <= pixels.Length - Vector256<int>.Count; x += Vector256<int>.Count)
        {
            var lanes = pixels.Slice(x, Vector256<int>.Count);
            FromBgr(Vector256.Create<uint>(lanes).AsInt32()).AsUInt32().CopyTo(lanes);
        }

        FromBgrScalar(pixels[x..]);
    }

    /// <summary>The definition of <see cref="FromBgr(Span{uint})"/>.</summary>
    internal static void FromBgrScalar(Span<uint> pixels)
    {
        foreach (ref var pixel in pixels)
        {
            var (b, g, r) = ((int)(byte)pixel, (int)(byte)(pixel >> 8), (int)(byte)(pixel >> 16));
            var value = Math.Max(b, Math.Max(g, r));
            var spread = value - Math.Min(b, Math.Min(g, r));
            var saturation = ((spread * Saturations[value]) + Half) >> FractionBits;
            var offset = value == r ? g - b : value == g ? b - r + (2 * spread) : r - g + (4 * spread);
            var hue = ((offset * Hues[spread]) + Half) >> FractionBits;
            hue += hue < 0 ? HueRange : 0;
            pixel = (uint)(hue | (saturation << 8) | (value << 16));
        }
    }

    /// <summary>Hue, saturation, value become blue, green, red.</summary>
    public static void ToBgr(Span<uint> pixels)
    {
        var x = 0;
        for (; Avx2.IsSupported && x <= pixels.Length - Vector256<int>.Count; x += Vector256<int>.Count)
        {
            var lanes = pixels.Slice(x, Vector256<int>.Count);
            ToBgr(Vector256.Create<uint>(lanes).AsInt32()).AsUInt32().CopyTo(lanes);
        }

        ToBgrScalar(pixels[x..]);
    }

    /// <summary>The definition of <see cref="ToBgr(Span{uint})"/>.</summary>
    internal static void ToBgrScalar(Span<uint> pixels)
    {
        foreach (ref var pixel in pixels)
        {
            var hue = (byte)pixel * HueToSector;
            var saturation = (byte)(pixel >> 8) * (1f / byte.MaxValue);
            var value = (byte)(pixel >> 16) * (1f / byte.MaxValue);
            var whole = (int)hue;
            var fraction = hue - whole;
            var low = value * (1 - saturation);
            var falling = value * MathF.FusedMultiplyAdd(-saturation, fraction, 1);
            var rising = value * MathF.FusedMultiplyAdd(-saturation, 1 - fraction, 1);
            var (b, g, r) = (whole % 6) switch
            {
                0 => (low, rising, value),
                1 => (low, value, falling),
                2 => (rising, value, low),
                3 => (value, falling, low),
                4 => (value, low, rising),
                _ => (falling, low, value),
            };
            pixel = Byte(b) | (Byte(g) << 8) | (Byte(r) << 16);
        }

        static uint Byte(float level) => (uint)(level * byte.MaxValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> FromBgr(Vector256<int> pixel)
    {
        var (b, g, r) = (Channel(pixel, 0), Channel(pixel, 8), Channel(pixel, 16));
        var value = Vector256.Max(b, Vector256.Max(g, r));
        var spread = value - Vector256.Min(b, Vector256.Min(g, r));
        var saturation = ((spread * Look(Saturations, value)) + Vector256.Create(Half)) >> FractionBits;
        var offset = Vector256.ConditionalSelect(
            Vector256.Equals(value, r),
            g - b,
            Vector256.ConditionalSelect(Vector256.Equals(value, g), b - r + (spread << 1), r - g + (spread << 2)));
        var hue = ((offset * Look(Hues, spread)) + Vector256.Create(Half)) >> FractionBits;
        hue += Vector256.LessThan(hue, Vector256<int>.Zero) & Vector256.Create(HueRange);
        return hue | (saturation << 8) | (value << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> ToBgr(Vector256<int> pixel)
    {
        var hue = Vector256.ConvertToSingle(Channel(pixel, 0)) * HueToSector;
        var saturation = Vector256.ConvertToSingle(Channel(pixel, 8)) * (1f / byte.MaxValue);
        var value = Vector256.ConvertToSingle(Channel(pixel, 16)) * (1f / byte.MaxValue);
        var whole = Vector256.ConvertToInt32(hue);
        var fraction = hue - Vector256.ConvertToSingle(whole);
        var sector = whole - (Vector256.GreaterThan(whole, Vector256.Create(5)) & Vector256.Create(6));
        var one = Vector256<float>.One;
        var pale = Byte(value * (one - saturation));
        var fall = Byte(value * Vector256.FusedMultiplyAdd(-saturation, fraction, one));
        var rise = Byte(value * Vector256.FusedMultiplyAdd(-saturation, one - fraction, one));
        var full = Channel(pixel, 16);

        // Blue, green and red by sector.
        var blue = Pick(sector, pale, pale, rise, full, full, fall);
        var green = Pick(sector, rise, full, full, fall, pale, pale);
        var red = Pick(sector, full, fall, pale, pale, rise, full);
        return blue | (green << 8) | (red << 16);

        static Vector256<int> Byte(Vector256<float> level) => Vector256.ConvertToInt32(level * byte.MaxValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pick(
        Vector256<int> sector, Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, Vector256<int> e, Vector256<int> f)
    {
        return Choose(0, a, Choose(1, b, Choose(2, c, Choose(3, d, Choose(4, e, f)))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Choose(int index, Vector256<int> wanted, Vector256<int> other) =>
            Vector256.ConditionalSelect(Vector256.Equals(sector, Vector256.Create(index)), wanted, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Channel(Vector256<int> pixel, int shift) => (pixel >>> shift) & Vector256.Create(0xFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> Look(int[] table, Vector256<int> index)
    {
        fixed (int* entries = table)
        {
            return Avx2.GatherVector256(entries, index, sizeof(int));
        }
    }

    private static int[] Reciprocals(double numerator) =>
        [0, .. Enumerable.Range(1, byte.MaxValue).Select(level => (int)Math.Round((1 << FractionBits) * numerator / level))];
}
