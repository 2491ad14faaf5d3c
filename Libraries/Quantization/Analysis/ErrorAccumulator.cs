using System.Numerics;
using System.Runtime.InteropServices;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Analysis;

/// <summary>
/// How far a tensor strays from its reference, streamed over batches: signal-to-quantization-noise ratio, cosine similarity, mean
/// squared and largest error. Sums are kept in double, in the order of the data.
/// </summary>
public sealed class ErrorAccumulator
{
    private double _signal;
    private double _noise;
    private double _other;
    private double _product;

    /// <summary>Values compared.</summary>
    public long Count { get; private set; }

    /// <summary>10·log₁₀(signal / noise) in dB; +∞ where nothing differs, −∞ for noise without signal.</summary>
    public double SqnrDecibel => _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);

    /// <summary>Σ ab / √(Σa²·Σb²); 1 where both are zero throughout, 0 where only one is.</summary>
    public double CosineSimilarity =>
        _signal == 0 || _other == 0 ? (_signal == _other ? 1 : 0) : _product / (Math.Sqrt(_signal) * Math.Sqrt(_other));

    /// <summary>Largest |actual − reference|.</summary>
    public double LargestError { get; private set; }

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ArgumentException">The tensors differ in length.</exception>
    public void Add(ReadOnlySpan<float> reference, ReadOnlySpan<float> actual)
    {
        SpanCheck.SameLength(reference.Length, actual.Length);
        ref var left = ref MemoryMarshal.GetReference(reference);
        ref var right = ref MemoryMarshal.GetReference(actual);
        var (signal, noise, other, product) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var largest = Vector<double>.Zero;
        var i = 0;
        for (; i <= reference.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref left, (nuint)i), out var a0, out var a1);
            Vector.Widen(Vector.LoadUnsafe(ref right, (nuint)i), out var b0, out var b1);
            var (e0, e1) = (b0 - a0, b1 - a1);
            signal += (a0 * a0) + (a1 * a1);
            other += (b0 * b0) + (b1 * b1);
            product += (a0 * b0) + (a1 * b1);
            noise += (e0 * e0) + (e1 * e1);
            largest = Vector.Max(largest, Vector.Max(Vector.Abs(e0), Vector.Abs(e1)));
        }

        (_signal, _noise) = (_signal + Vector.Sum(signal), _noise + Vector.Sum(noise));
        (_other, _product) = (_other + Vector.Sum(other), _product + Vector.Sum(product));
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            LargestError = Math.Max(LargestError, largest[lane]);
        }

        for (; i < reference.Length; i++)
        {
            AddOne(reference[i], actual[i]);
        }

        Count += reference.Length;
    }

    private void AddOne(double reference, double actual)
    {
        var error = actual - reference;
        (_signal, _noise) = (_signal + (reference * reference), _noise + (error * error));
        (_other, _product) = (_other + (actual * actual), _product + (actual * reference));
        LargestError = Math.Max(LargestError, Math.Abs(error));
    }
}
