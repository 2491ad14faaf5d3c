using System.Numerics;
using System.Runtime.InteropServices;

namespace QatPipeline.Torch.Normalization;

/// <summary>
/// A contiguous tensor [N,C,…] of the CPU as rows, one for each image and channel. Sums are formed in an order that does not depend on the
/// number of threads.
/// </summary>
internal sealed class ChannelRows(Tensor contiguous)
{
    private readonly int _channels = (int)contiguous.shape[1];
    private readonly int _length = (int)(contiguous.numel() / (contiguous.shape[0] * contiguous.shape[1]));
    private readonly int _rows = (int)(contiguous.shape[0] * contiguous.shape[1]);

    public int Channels => _channels;

    /// <summary>Values of a channel.</summary>
    public long Count => contiguous.numel() / _channels;

    /// <summary>Σ x and Σ x² of each channel, [2·C]; in double precision, so that their difference keeps what a variance needs.</summary>
    public double[] Moments() => Sums(row => Moments(Row(contiguous, row)));

    /// <summary>Σ gradient and Σ gradient·(x − mean) of each channel, [2·C].</summary>
    public double[] GradientSums(Tensor gradient, float[] means) =>
        Sums(row => GradientSums(Row(gradient, row), Row(contiguous, row), means[row % _channels]));

    /// <summary>factor·gradient + slope·x + offset, with numbers of each channel.</summary>
    public Tensor Combine(Tensor gradient, float[] factors, float[] slopes, float[] offsets)
    {
        var result = empty_like(contiguous);
        TensorSpans.ForEach(_rows, contiguous.numel(), row =>
        {
            var channel = row % _channels;
            Combine(
                Row(gradient, row), Row(contiguous, row), Row(result, row), factors[channel], slopes[channel], offsets[channel]);
        });
        return result;
    }

    private double[] Sums(Func<int, (double First, double Second)> ofRow)
    {
        var rows = new (double First, double Second)[_rows];
        TensorSpans.ForEach(_rows, contiguous.numel(), row => rows[row] = ofRow(row));
        var sums = new double[2 * _channels];
        foreach (var (row, (first, second)) in rows.Index())
        {
            sums[row % _channels] += first;
            sums[_channels + (row % _channels)] += second;
        }

        return sums;
    }

    private Span<float> Row(Tensor tensor, int row) => TensorSpans.Floats(tensor).Slice(row * _length, _length);

    private static (double Sum, double Squares) Moments(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (sums, squares) = (Vector<double>.Zero, Vector<double>.Zero);
        foreach (var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            sums += low + high;
            squares += (low * low) + (high * high);
        }

        var (sum, square) = (Vector.Sum(sums), Vector.Sum(squares));
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value;
            square += (double)value * value;
        }

        return (sum, square);
    }

    // Σ dy and Σ dy·(x − mean).
    private static (double Sum, double Products) GradientSums(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, float mean)
    {
        var dy = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var x = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (sums, products, centre) = (Vector<double>.Zero, Vector<double>.Zero, new Vector<float>(mean));
        for (var index = 0; index < dy.Length; index++)
        {
            Vector.Widen(dy[index], out var low, out var high);
            Vector.Widen(dy[index] * (x[index] - centre), out var lowProduct, out var highProduct);
            sums += low + high;
            products += lowProduct + highProduct;
        }

        var (sum, product) = (Vector.Sum(sums), Vector.Sum(products));
        for (var index = dy.Length * Vector<float>.Count; index < gradient.Length; index++)
        {
            sum += gradient[index];
            product += gradient[index] * (values[index] - mean);
        }

        return (sum, product);
    }

    private static void Combine(
        ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, Span<float> result, float factor, float slope, float offset)
    {
        var dy = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var x = MemoryMarshal.Cast<float, Vector<float>>(values);
        var results = MemoryMarshal.Cast<float, Vector<float>>(result);
        var offsets = new Vector<float>(offset);
        for (var index = 0; index < results.Length; index++)
        {
            results[index] = (dy[index] * factor) + (x[index] * slope) + offsets;
        }

        for (var index = results.Length * Vector<float>.Count; index < result.Length; index++)
        {
            result[index] = (gradient[index] * factor) + (values[index] * slope) + offset;
        }
    }
}
