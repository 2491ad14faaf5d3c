using System.Runtime.InteropServices;

namespace QatPipeline.Torch.Parallel;

/// <summary>
/// What is called of MPI, in the binary interface that MPICH, Intel MPI and MVAPICH share: handles are integers. An error ends the process
/// in the library, with a line on the error output.
/// </summary>
internal static unsafe partial class Mpich
{
    public const string Library = "libmpich.so.12";

    public const int Serialized = 2;
    public const int World = 0x44000000;
    public const int Byte = 0x4c00010d;
    public const nint IgnoreStatus = 1;

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Initialize(nint argc, nint argv, int required, out int provided);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Rank(int communicator, out int rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Size(int communicator, out int size);

    [LibraryImport(Library, EntryPoint = "MPI_Alltoall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int AllToAll(
        void* sent, int sentCount, int sentType, void* received, int receivedCount, int receivedType, int communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Allgather")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int AllGather(
        void* sent, int sentCount, int sentType, void* received, int receivedCount, int receivedType, int communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Bcast")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Broadcast(void* content, int count, int type, int root, int communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Ibarrier")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int BeginBarrier(int communicator, out int request);

    [LibraryImport(Library, EntryPoint = "MPI_Test")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Test(ref int request, out int isDone, nint status);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Complete();
}
