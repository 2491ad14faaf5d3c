using System.Runtime.InteropServices;

namespace QatPipeline.Torch;

/// <summary>Copies constants between a graph and TorchSharp. Floating-point types become float32, integer types int64.</summary>
public static class TensorConversion
{
    /// <summary>A tensor of the same shape on the CPU: float32, int64 or bool.</summary>
    /// <exception cref="GraphException">The element type has no numeric representation here.</exception>
    public static Tensor ToTorch(this GraphTensor value)
    {
        using var view = View(value, [.. value.Dimensions]);

        // A tensor made from an array lies wherever the runtime put the array, and kernels sum in an order that depends on the address:
        // only memory of LibTorch's own, which is always aligned, gives the same bits in every process.
        return view.clone();
    }

    private static Tensor View(GraphTensor value, long[] shape) => value.Type switch
    {
        ElementType.Bool => tensor(MemoryMarshal.Cast<byte, bool>(value.Bytes).ToArray(), shape),
        var type when type.IsFloatingPoint() => tensor(value.ToFloats(), shape),
        _ => tensor(value.ToLongs(), shape),
    };

    /// <summary>A graph constant with the tensor's shape: float32, int64 or bool.</summary>
    public static GraphTensor ToGraph(this Tensor value)
    {
        using var scope = NewDisposeScope();
        var local = value.detach().cpu().contiguous();
        return local.dtype switch
        {
            ScalarType.Float32 => GraphTensor.From(local.shape, MemoryMarshal.Cast<byte, float>(local.bytes)),
            ScalarType.Int64 => GraphTensor.From(local.shape, MemoryMarshal.Cast<byte, long>(local.bytes)),
            ScalarType.Bool => GraphTensor.From(local.shape, MemoryMarshal.Cast<byte, bool>(local.bytes)),
            _ => throw new TorchExecutionException($"A tensor of type {local.dtype} cannot be stored in a graph."),
        };
    }

    /// <summary>The elements of a float tensor in row-major order.</summary>
    public static float[] ToFloats(this Tensor value)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(value.detach().cpu().contiguous().bytes).ToArray();
    }

    /// <summary>The elements of an integer tensor in row-major order.</summary>
    internal static long[] ToLongs(this Tensor value)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, long>(value.to(ScalarType.Int64).cpu().contiguous().bytes).ToArray();
    }
}
