using System.Numerics;
using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>Constant evaluation of arithmetic, in the precision of the element type.</summary>
internal static class ArithmeticKernels
{
    private static readonly Dictionary<string, Func<float, float>> Functions = new(StringComparer.Ordinal)
    {
        ["Sqrt"] = MathF.Sqrt,
        ["Exp"] = MathF.Exp,
        ["Log"] = MathF.Log,
        ["Neg"] = x => -x,
        ["Abs"] = MathF.Abs,
        ["Floor"] = MathF.Floor,
        ["Ceil"] = MathF.Ceiling,
        ["Round"] = MathF.Round,
        ["Reciprocal"] = x => 1 / x,
        ["Relu"] = x => MathF.Max(x, 0),
        ["Sigmoid"] = x => 1 / (1 + MathF.Exp(-x)),
        ["Sin"] = MathF.Sin,
        ["Cos"] = MathF.Cos,
        ["Sign"] = x => float.IsNaN(x) ? x : MathF.Sign(x),
    };

    /// <summary>Unary float functions, binary arithmetic and comparison of float, double, int32 and int64.</summary>
    public static Tensor[]? Elementwise(NodeContext context, Tensor[] inputs)
    {
        var operation = context.Node.OpType;
        if (inputs is [{ Type: ElementType.Float } argument] && Functions.TryGetValue(operation, out var function))
        {
            return [Tensor.FromFloats(argument.Dimensions, Array.ConvertAll(argument.ToFloats(), x => function(x)))];
        }

        if (inputs is [{ Type: ElementType.Bool } flags] && operation == "Not")
        {
            return [new Tensor(ElementType.Bool, flags.Dimensions, Array.ConvertAll(flags.Bytes.ToArray(), flag => (byte)(1 - flag)))];
        }

        if (inputs is not [var first, var second] || first.Type != second.Type)
        {
            return null;
        }

        var shape = context.Outputs[0]!.StaticShape!;
        var result = first.Type switch
        {
            ElementType.Float => Binary<float>(context, first, second, shape, MathF.Pow),
            ElementType.Double => Binary<double>(context, first, second, shape, Math.Pow),
            ElementType.Int64 => Binary<long>(context, first, second, shape, power: null),
            ElementType.Int32 => Binary<int>(context, first, second, shape, power: null),
            ElementType.Bool => Logic(operation, first, second, shape),
            _ => null,
        };
        return result is null ? null : [result];
    }

    public static Tensor[]? Cast(NodeContext context, Tensor[] inputs)
    {
        var (source, target) = (inputs[0], (ElementType)context.Node.Int("to", 0));
        var result = (source.Type, target) switch
        {
            _ when source.Type == target => source,
            (ElementType.Int64, ElementType.Int32) => Convert(source.As<long>(), value => unchecked((int)value)),
            (ElementType.Int32, ElementType.Int64) => Convert(source.As<int>(), value => (long)value),
            (ElementType.Bool or ElementType.UInt8 or ElementType.Int8, ElementType.Int64) =>
                Tensor.FromLongs([source.Length], source.ToLongs()),
            (ElementType.Float or ElementType.Double, ElementType.Int64) when Fits(source, long.MaxValue) =>
                Convert<double, long>(source.ToDoubles(), value => (long)value),
            (ElementType.Float or ElementType.Double, ElementType.Int32) when Fits(source, int.MaxValue) =>
                Convert<double, int>(source.ToDoubles(), value => (int)value),
            (ElementType.Float or ElementType.Int64 or ElementType.Int32, ElementType.Bool) =>
                new Tensor(target, [source.Length], [.. source.ToDoubles().Select(value => value == 0 ? (byte)0 : (byte)1)]),
            (ElementType.Double or ElementType.Int64 or ElementType.Int32, ElementType.Float) =>
                Convert<double, float>(source.ToDoubles(), value => (float)value),
            (_, ElementType.Float) when source.Type.SizeOf() is 1 or 2 => Tensor.FromFloats([source.Length], source.ToFloats()),
            (ElementType.Float or ElementType.Int64 or ElementType.Int32, ElementType.Double) =>
                Convert<double, double>(source.ToDoubles(), value => value),
            _ => null,
        };
        return result is null ? null : [result.WithDimensions(source.Dimensions)];
    }

    public static Tensor[]? Range(NodeContext context, Tensor[] inputs)
    {
        var count = context.Outputs[0]!.StaticShape![0];
        return inputs[0].Type switch
        {
            ElementType.Int64 => [Sequence(inputs[0].As<long>()[0], inputs[2].As<long>()[0], count)],
            ElementType.Int32 => [Sequence(inputs[0].As<int>()[0], inputs[2].As<int>()[0], count)],
            ElementType.Float => [Sequence(inputs[0].As<float>()[0], inputs[2].As<float>()[0], count)],
            _ => null,
        };
    }

    private static Tensor? Logic(string operation, Tensor first, Tensor second, long[] shape)
    {
        Func<byte, byte, int>? function = operation switch
        {
            "And" => (a, b) => a & b,
            "Or" => (a, b) => a | b,
            "Xor" => (a, b) => a ^ b,
            "Equal" => (a, b) => 1 - (a ^ b),
            _ => null,
        };
        return function is null ? null : new Tensor(
            ElementType.Bool,
            shape,
            [.. Elements<byte>(first, shape).Zip(Elements<byte>(second, shape)).Select(pair => (byte)function(pair.First, pair.Second))]);
    }

    private static Tensor? Binary<T>(NodeContext context, Tensor first, Tensor second, long[] shape, Func<T, T, T>? power)
        where T : unmanaged, INumber<T>
    {
        var operation = context.Node.OpType;
        Func<T, T, T>? function = operation switch
        {
            "Add" => (a, b) => a + b,
            "Sub" => (a, b) => a - b,
            "Mul" => (a, b) => a * b,
            "Div" when power is not null || !second.As<T>().Contains(T.Zero) => (a, b) => a / b,
            "Pow" => power,
            "Mod" when power is null && !second.As<T>().Contains(T.Zero) && context.Node.Int("fmod", 0) == 0 =>
                (a, b) => a % b is var rest && rest != T.Zero && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest,
            "Min" => T.Min,
            "Max" => T.Max,
            _ => null,
        };
        Func<T, T, bool>? comparison = operation switch
        {
            "Equal" => (a, b) => a == b,
            "Less" => (a, b) => a < b,
            "LessOrEqual" => (a, b) => a <= b,
            "Greater" => (a, b) => a > b,
            "GreaterOrEqual" => (a, b) => a >= b,
            _ => null,
        };
        if (function is null && comparison is null)
        {
            return null;
        }

        var pairs = Elements<T>(first, shape).Zip(Elements<T>(second, shape));
        return function is not null
            ? Tensor.From<T>(shape, pairs.Select(pair => function(pair.First, pair.Second)).ToArray())
            : new Tensor(ElementType.Bool, shape, [.. pairs.Select(pair => comparison!(pair.First, pair.Second) ? (byte)1 : (byte)0)]);
    }

    private static IEnumerable<T> Elements<T>(Tensor tensor, long[] shape)
        where T : unmanaged
    {
        var values = tensor.As<T>().ToArray();
        return StridedCopy.Positions(shape, 0, StridedCopy.BroadcastStrides(tensor.Dimensions, shape)).Select(position => values[position]);
    }

    private static Tensor Sequence<T>(T start, T step, long count)
        where T : unmanaged, INumber<T>
    {
        var values = new T[count];
        for (var index = 0L; index < count; index++)
        {
            values[index] = start + (T.CreateTruncating(index) * step);
        }

        return Tensor.From<T>([count], values);
    }

    private static Tensor Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values, Converter<TFrom, TTo> converter)
        where TFrom : unmanaged
        where TTo : unmanaged => Tensor.From<TTo>([values.Length], Array.ConvertAll(values.ToArray(), converter));

    private static bool Fits(Tensor tensor, double bound) => tensor.ToDoubles().All(value => Math.Abs(value) < bound);
}
