using System.Runtime.InteropServices;
using QatPipeline.Foundation;

namespace QatPipeline.Cli.Doctor;

/// <summary>MPICH: its launcher and its library.</summary>
internal sealed class MpiCheck : IMachineCheck
{
    private const string Name = "MPI";
    private const string Library = "libmpich.so.12";
    private const string Remedy = "as root: apt-get install mpich";

    public Task<Finding> RunAsync(CancellationToken cancellationToken) => Task.FromResult(
        InstalledProgram.Find("mpiexec") is not { } launcher ? Missing("mpiexec is not on PATH")
        : !NativeLibrary.TryLoad(Library, out _) ? Missing($"{launcher} is there, {Library} is not")
        : Finding.Found(Name, $"{launcher}, {Library}", Finding.Processes));

    private static Finding Missing(string detail) => Finding.Missing(Name, detail, Finding.Processes, Remedy);
}
