namespace QatPipeline.Graphs.Tests.Support;

using Tensor = QatPipeline.Graphs.Model.Tensor;

internal static class Assertions
{
    /// <summary>Same type, dimensions and bytes.</summary>
    public static void Equal(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.Dimensions, actual.Dimensions);
        Assert.True(
            expected.Bytes.SequenceEqual(actual.Bytes),
            $"expected {string.Join(' ', expected.ToFloats().Take(20))}, got {string.Join(' ', actual.ToFloats().Take(20))}");
    }

    /// <summary>Same dimensions, and elements within absolute plus relative tolerance.</summary>
    public static void Close(Tensor expected, Tensor actual, float tolerance)
    {
        Assert.Equal(expected.Dimensions, actual.Dimensions);
        var (x, y) = (expected.ToFloats(), actual.ToFloats());
        for (var index = 0; index < x.Length; index++)
        {
            Assert.True(
                MathF.Abs(x[index] - y[index]) <= tolerance * MathF.Max(1, MathF.Abs(x[index])) || x[index].Equals(y[index]),
                $"element {index}: expected {x[index]}, got {y[index]}");
        }
    }

    public static void Close(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, float tolerance)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in expected)
        {
            Close(tensor, actual[name], tolerance);
        }
    }
}
