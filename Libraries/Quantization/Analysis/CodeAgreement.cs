using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Analysis;

/// <summary>How many 8-bit codes of two tensors differ, and by how much: an engine's tensor against the simulated one.</summary>
public sealed class CodeAgreement
{
    /// <summary>Values compared.</summary>
    public long Count { get; private set; }

    /// <summary>Values whose codes differ.</summary>
    public long Different { get; private set; }

    /// <summary>Values whose codes differ by more than one.</summary>
    public long DifferentByMoreThanOne { get; private set; }

    /// <summary>Largest difference of codes.</summary>
    public int LargestDifference { get; private set; }

    /// <summary>Share of values whose codes differ; 0 before the first value.</summary>
    public double DifferentShare => Count == 0 ? 0 : (double)Different / Count;

    /// <summary>Adds two real tensors that are compared by the codes a quantizer gives them.</summary>
    /// <exception cref="ArgumentException">The tensors differ in length.</exception>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, QuantizationParameters parameters)
    {
        SpanCheck.SameLength(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(parameters.Quantize(expected[i]) - parameters.Quantize(actual[i]));
            Different += difference > 0 ? 1 : 0;
            DifferentByMoreThanOne += difference > 1 ? 1 : 0;
            LargestDifference = Math.Max(LargestDifference, difference);
        }

        Count += expected.Length;
    }
}
