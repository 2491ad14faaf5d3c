using System.Runtime.InteropServices;

namespace QatPipeline.Torch;

/// <summary>Direct access to the elements of contiguous float tensors on the CPU, split over the threads LibTorch uses.</summary>
internal static class TensorSpans
{
    /// <summary>Elements of one unit of work. Fixed, so that sums over units do not depend on the number of threads.</summary>
    public const int BlockLength = 1 << 15;

    public static bool IsDirect(Tensor tensor) => tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32;

    public static Span<float> Floats(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);

    /// <summary>Runs the body for every index in [0, count), on several threads where the elements are worth it.</summary>
    public static void ForEach(int count, long elements, Action<int> body)
    {
        if (count <= 1 || elements <= BlockLength)
        {
            for (var index = 0; index < count; index++)
            {
                body(index);
            }

            return;
        }

        System.Threading.Tasks.Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, body);
    }
}
