using System.Runtime.InteropServices;
using QatPipeline.Foundation.Natives;
using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Parallel;

/// <summary>
/// Ranks that compute on one GPU each, the current one of CUDA: NCCL sums what lies there, and what lies in the memory of the processors goes
/// the way that the ranks have already.
/// </summary>
/// <remarks>
/// Sums follow the kernels of LibTorch in the same CUDA stream, the default one. NCCL adds in the order of its rings, which follow from the
/// machines and GPUs of the ranks; <see cref="Environment"/> keeps it from choosing another way by size or version.
/// </remarks>
public sealed unsafe class NcclCollective : ICollective
{
    private const int Float32 = 7;
    private const int Float64 = 8;
    private const int Addition = 0;
    private const nint DefaultStream = 0;

    private readonly ICollective _processors;
    private readonly NcclLibrary _library;
    private nint _communicator;

    private NcclCollective(ICollective processors, NcclLibrary library) => (_processors, _library) = (processors, library);

    /// <summary>What the environment of the ranks should hold, from before they start, so that sums have the same bits each time.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["NCCL_ALGO"] = "Ring",
        ["NCCL_PROTO"] = "Simple",
    };

    /// <inheritdoc/>
    public int Rank => _processors.Rank;

    /// <inheritdoc/>
    public int Size => _processors.Size;

    /// <summary>NCCL's, such as <c>2.21.5</c>.</summary>
    public Version Version { get; private set; } = new();

    /// <summary>Joins the other ranks, on the thread that makes all further calls.</summary>
    /// <param name="processors">The ranks as they know each other already; owned.</param>
    /// <param name="library">Path of NCCL; null for that of the variable <c>QAT_NCCL</c>, LibTorch's or the system's.</param>
    /// <exception cref="NativeLibraryException">NCCL is not there.</exception>
    /// <exception cref="TorchExecutionException">NCCL cannot bring them together.</exception>
    public static NcclCollective Start(ICollective processors, string? library = null)
    {
        var nccl = new NcclLibrary(library ?? System.Environment.GetEnvironmentVariable(NcclLibrary.Variable));
        var ranks = new NcclCollective(processors, nccl);
        ranks.Check("ncclGetVersion", nccl.GetVersion(out var version));
        ranks.Version = VersionOf(version);
        NcclUniqueId id = default;
        if (ranks.Rank == 0)
        {
            ranks.Check("ncclGetUniqueId", nccl.GetUniqueId(out id));
        }

        processors.Broadcast(id);
        ranks.Check("ncclCommInitRank", nccl.Join(out ranks._communicator, ranks.Size, id, ranks.Rank));
        return ranks;
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values) => _processors.Sum(values);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => _processors.Sum(values);

    /// <inheritdoc/>
    /// <exception cref="TorchExecutionException">They are of another type, or NCCL fails.</exception>
    public void Sum(Tensor values)
    {
        var type = values.dtype switch
        {
            ScalarType.Float32 => Float32,
            ScalarType.Float64 => Float64,
            _ => throw new TorchExecutionException($"Ranks sum numbers of single and double precision, not {values.dtype}."),
        };
        var address = TensorMemory.AddressOf(values);
        Check(
            "ncclAllReduce",
            _library.AllReduce(address, address, (nuint)values.numel(), type, Addition, _communicator, DefaultStream));
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> content) => _processors.Broadcast(content);

    /// <inheritdoc/>
    public void Barrier() => _processors.Barrier();

    /// <summary>Takes leave of the other ranks, which do the same.</summary>
    public void Dispose()
    {
        if (_communicator != 0)
        {
            var communicator = _communicator;
            _communicator = 0;
            Check("ncclCommDestroy", _library.Leave(communicator));
        }

        _processors.Dispose();
    }

    // Codes before 2.9: 1000 a major version and 100 a minor one; since then 10000.
    internal static Version VersionOf(int code) => code < 10_000
        ? new Version(code / 1000, code / 100 % 10, code % 100)
        : new Version(code / 10_000, code / 100 % 100, code % 100);

    // Ranks that wait for this one in a sum wait for ever, unless it gives the communicator up.
    private void Check(string call, int code)
    {
        if (code == 0)
        {
            return;
        }

        var reason = Marshal.PtrToStringUTF8((nint)_library.DescribeError(code));
        if (_communicator != 0)
        {
            _ = _library.Abort(_communicator);
            _communicator = 0;
        }

        throw new TorchExecutionException(
            $"{call} of NCCL {Version} failed on rank {Rank} of {Size}: {reason} (code {code}). With NCCL_DEBUG=WARN in the environment "
            + "NCCL writes to the rank's log why.");
    }
}
