using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.Torch.Parallel;

/// <summary>The processes that <c>mpiexec</c> of MPICH, or of an MPI with its binary interface, has started.</summary>
/// <remarks>
/// MPI carries bytes; sums are formed here, since the order in which its own reduction adds is not fixed. Of UCX, which carries MPICH's
/// bytes in Debian, two habits must be off in the environment of the ranks, or it breaks the runtime: see <see cref="Environment"/>.
/// </remarks>
public sealed class MpiCollective : ICollective
{
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    private readonly NativeBuffer _parts = new();
    private readonly NativeBuffer _received = new();
    private bool _isOver;

    private MpiCollective(int rank, int size) => (Rank, Size) = (rank, size);

    /// <summary>
    /// What the environment of the ranks must hold, from before they start: UCX would take the segmentation faults by which the runtime
    /// finds null references, and patch the system calls by which it gives memory back.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["UCX_ERROR_SIGNALS"] = "",
        ["UCX_MEM_EVENTS"] = "n",
    };

    /// <summary>The library's part that must be there.</summary>
    public static NativeComponent Component { get; } = new("MPI", () =>
    {
        NativeFile.Load(Mpich.Library);
        return Mpich.Library;
    });

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Joins the other ranks; once in a process, on the thread that makes all further calls.</summary>
    /// <exception cref="NativeLibraryException">MPICH is not there.</exception>
    public static MpiCollective Start()
    {
        Component.Load();
        Check(Mpich.Initialize(0, 0, Mpich.Serialized, out _));
        Check(Mpich.Rank(Mpich.World, out var rank));
        Check(Mpich.Size(Mpich.World, out var size));
        return new MpiCollective(rank, size);
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values) => SumInOrder(values);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => SumInOrder(values);

    /// <inheritdoc/>
    /// <exception cref="TorchExecutionException">They are of another type.</exception>
    public void Sum(Tensor values)
    {
        switch (values.dtype)
        {
            case ScalarType.Float32:
                Sum(MemoryMarshal.Cast<byte, float>(values.bytes));
                break;
            case ScalarType.Float64:
                Sum(MemoryMarshal.Cast<byte, double>(values.bytes));
                break;
            default:
                throw new TorchExecutionException($"Ranks sum numbers of single and double precision, not {values.dtype}.");
        }
    }

    /// <inheritdoc/>
    public unsafe void Broadcast(Span<byte> content)
    {
        fixed (byte* start = content)
        {
            Check(Mpich.Broadcast(start, content.Length, Mpich.Byte, root: 0, Mpich.World));
        }
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Check(Mpich.BeginBarrier(Mpich.World, out var request));
        while (true)
        {
            Check(Mpich.Test(ref request, out var isDone, Mpich.IgnoreStatus));
            if (isDone != 0)
            {
                return;
            }

            Thread.Sleep(Nap);
        }
    }

    /// <summary>Takes leave of the other ranks, which do the same.</summary>
    public void Dispose()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        Check(Mpich.Complete());
        _parts.Dispose();
        _received.Dispose();
    }

    // Every rank adds one part of the values for all; then the sums go round.
    private unsafe void SumInOrder<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
        var length = (values.Length + Size - 1) / Size;
        var parts = _parts.Of<T>(length * Size);
        var received = _received.Of<T>(length * Size);
        values.CopyTo(parts);
        parts[values.Length..].Clear();
        var bytes = checked(length * Unsafe.SizeOf<T>());
        fixed (void* sent = parts, arrived = received)
        {
            Check(Mpich.AllToAll(sent, bytes, Mpich.Byte, arrived, bytes, Mpich.Byte, Mpich.World));
            var sum = received[..length];
            for (var rank = 1; rank < Size; rank++)
            {
                Add(sum, received.Slice(rank * length, length));
            }

            Check(Mpich.AllGather(arrived, bytes, Mpich.Byte, sent, bytes, Mpich.Byte, Mpich.World));
        }

        parts[..values.Length].CopyTo(values);
    }

    private static void Add<T>(Span<T> sum, ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        var sums = MemoryMarshal.Cast<T, Vector<T>>(sum);
        var addends = MemoryMarshal.Cast<T, Vector<T>>(values);
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] += addends[index];
        }

        for (var index = sums.Length * Vector<T>.Count; index < sum.Length; index++)
        {
            sum[index] += values[index];
        }
    }

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new TorchExecutionException($"MPI failed with code {code}: see what it wrote to the error output of this rank.");
        }
    }
}
