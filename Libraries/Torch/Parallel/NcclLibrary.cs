using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.Torch.Parallel;

/// <summary>What is called of NCCL, whose C interface has been the same since 2.0. All functions but the last return 0 or an error's code.</summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>The environment variable with the path of the library to take.</summary>
    public const string Variable = "QAT_NCCL";

    private const string File = "libnccl.so.2";
    private const string Landmark = "ncclCommInitRank";

    /// <param name="path">Of the library; null for LibTorch's own or the system's.</param>
    /// <exception cref="NativeLibraryException">It is not there, or no NCCL.</exception>
    public NcclLibrary(string? path)
    {
        var library = path is null ? Find() : NativeFile.Load(path);
        nint Export(string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address
            : throw new NativeLibraryException($"{path ?? File} is not a library of NCCL: it has no {name}.");
        GetVersion = (delegate* unmanaged<out int, int>)Export("ncclGetVersion");
        GetUniqueId = (delegate* unmanaged<out NcclUniqueId, int>)Export("ncclGetUniqueId");
        Join = (delegate* unmanaged<out nint, int, NcclUniqueId, int, int>)Export(Landmark);
        AllReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Export("ncclAllReduce");
        Leave = (delegate* unmanaged<nint, int>)Export("ncclCommDestroy");
        Abort = (delegate* unmanaged<nint, int>)Export("ncclCommAbort");
        DescribeError = (delegate* unmanaged<int, byte*>)Export("ncclGetErrorString");
    }

    /// <summary>Version.</summary>
    public delegate* unmanaged<out int, int> GetVersion { get; }

    /// <summary>By one rank for all.</summary>
    public delegate* unmanaged<out NcclUniqueId, int> GetUniqueId { get; }

    /// <summary>Communicator, ranks, their id, rank; waits for the others.</summary>
    public delegate* unmanaged<out nint, int, NcclUniqueId, int, int> Join { get; }

    /// <summary>Source, destination, number of values, their type, operation, communicator, CUDA stream.</summary>
    public delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> AllReduce { get; }

    /// <summary>Communicator; waits for what it has still to do.</summary>
    public delegate* unmanaged<nint, int> Leave { get; }

    /// <summary>Communicator; waits for nothing.</summary>
    public delegate* unmanaged<nint, int> Abort { get; }

    /// <summary>The text of an error's code.</summary>
    public delegate* unmanaged<int, byte*> DescribeError { get; }

    // Some builds of LibTorch bring NCCL as a file, some have it within.
    private static nint Find()
    {
        foreach (var file in NativeFile.SearchFolders(typeof(torch).Assembly).Select(folder => Path.Combine(folder, File)))
        {
            if (System.IO.File.Exists(file))
            {
                return NativeFile.Load(file);
            }
        }

        return NativeLibrary.TryLoad("libtorch_cuda.so", out var torch) && NativeLibrary.TryGetExport(torch, Landmark, out _) ? torch
            : NativeLibrary.TryLoad(File, out var system) ? system
            : throw new NativeLibraryException(
                $"{File} lies neither beside LibTorch nor where the system's loader looks. Install NVIDIA's package libnccl2, or set {Variable} to the "
                + "path of the library.");
    }
}

/// <summary>What the ranks of a communicator know each other by.</summary>
[InlineArray(Length)]
internal struct NcclUniqueId
{
    public const int Length = 128;

    private byte _first;
}
