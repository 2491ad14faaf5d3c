using QatPipeline.Engines.Profiling;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Stages.Building;

/// <summary>The machine that will run a run's engine, as <c>build.machine</c> names it.</summary>
public static class RunMachine
{
    /// <summary>Its profile; that of this machine is measured where none is kept yet, which takes up to a minute.</summary>
    /// <exception cref="StageInputException">The file of a profile is missing.</exception>
    /// <exception cref="GraphException">The file is not a profile.</exception>
    public static async Task<MachineProfile> ReadAsync(
        BuildSpecification build, IProgress<ProfileProgress> progress, CancellationToken cancellationToken) => build.Machine switch
        {
            MachineNames.Auto => MachineProfiles.OfThisProcessor,
            MachineNames.Here => await new StoredProfile(build.Threads)
                .GetAsync(MachineProfiler.OfThisMachine(build.Threads), progress, cancellationToken),
            var name when MachineProfiles.Shipped.FirstOrDefault(profile => profile.Name == name) is { } shipped => shipped,
            var path when File.Exists(path) => MachineProfile.Read(await File.ReadAllBytesAsync(path, cancellationToken), path),
            var path => throw new StageInputException(
                $"build.machine is {path}, and there is no such file: name {MachineNames.Auto}, {MachineNames.Here}, "
                + $"{MachineNames.Avx2}, {MachineNames.Avx512Vnni}, or a file that 'qat profile --out FILE' has written."),
        };

    /// <summary><see cref="ReadAsync"/> for the key of a stage, which nobody waits for with a display.</summary>
    /// <exception cref="StageInputException">The file of a profile is missing.</exception>
    /// <exception cref="GraphException">The file is not a profile.</exception>
    public static MachineProfile Of(BuildSpecification build) =>
        Task.Run(() => ReadAsync(build, new Progress<ProfileProgress>(), CancellationToken.None)).GetAwaiter().GetResult();
}
