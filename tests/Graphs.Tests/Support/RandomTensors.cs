using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Support;

using Tensor = QatPipeline.Graphs.Model.Tensor;

/// <summary>Reproducible inputs.</summary>
internal static class RandomTensors
{
    /// <summary>Normally distributed floats.</summary>
    public static Tensor Normal(int seed, params long[] dimensions)
    {
        var random = new Random(seed);
        var values = new float[dimensions.Aggregate(1L, (product, dimension) => product * dimension)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return Tensor.FromFloats(dimensions, values);
    }

    /// <summary>Floats uniform in [low, high).</summary>
    public static Tensor Uniform(int seed, float low, float high, params long[] dimensions)
    {
        var random = new Random(seed);
        var values = new float[dimensions.Aggregate(1L, (product, dimension) => product * dimension)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = low + (random.NextSingle() * (high - low));
        }

        return Tensor.FromFloats(dimensions, values);
    }

    /// <summary>A float input for every graph input; unknown dimensions become <paramref name="unknown"/>.</summary>
    public static Dictionary<string, Tensor> InputsOf(Graph graph, int seed, long unknown = 1) =>
        graph.Inputs.ToDictionary(
            input => input.Name, input => Uniform(seed, 0, 1, [.. input.Shape!.Select(dimension => dimension.Value ?? unknown)]));
}
