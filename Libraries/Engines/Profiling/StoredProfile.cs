using System.Text;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Foundation;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Profiling;

/// <summary>
/// The profile of this machine, kept in the user's folder: measured once for a processor, a runtime and a number of threads, so that what
/// was decided by it is decided again in the same way.
/// </summary>
/// <param name="threads">Threads of each kernel; 0 for one per physical core.</param>
/// <param name="folder">Where profiles are kept; null for the user's folder.</param>
public sealed class StoredProfile(int threads, string? folder = null)
{
    /// <summary>The profile's name.</summary>
    public const string Name = "here";

    private const int IdentityLength = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly string _folder = folder ?? System.IO.Path.Combine(UserFolders.Cache, "profiles");

    /// <summary>The file it is kept in.</summary>
    public string Path => System.IO.Path.Combine(_folder, $"machine-{Identity}.json");

    private string Identity => Digests.Of(Encoding.UTF8.GetBytes(
        $"{ProcessorFeatures.Name}\n{Environment.ProcessorCount}\n{OrtSessions.Version}\n{threads}"))[..IdentityLength];

    /// <summary>The kept profile; null where none was measured yet.</summary>
    /// <exception cref="GraphException">The file is damaged.</exception>
    public MachineProfile? Read() => File.Exists(Path) ? MachineProfile.Read(File.ReadAllBytes(Path), Path) : null;

    /// <summary>The kept profile, which is measured first where there is none. Processes that ask at the same time measure once.</summary>
    /// <exception cref="GraphException">The file is damaged.</exception>
    /// <exception cref="EngineException">The runtime refuses a network of the measurement.</exception>
    public async Task<MachineProfile> GetAsync(
        MachineProfiler profiler, IProgress<ProfileProgress> progress, CancellationToken cancellationToken)
    {
        if (Read() is { } known)
        {
            return known;
        }

        Directory.CreateDirectory(_folder);
        while (true)
        {
            using (var held = FileLock.TryTake($"{Path}.lock"))
            {
                if (held is not null)
                {
                    return Read() ?? await MeasureAsync(profiler, progress, cancellationToken).ConfigureAwait(false);
                }
            }

            await Task.Delay(Patience, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Measures anew and keeps the result.</summary>
    /// <exception cref="EngineException">The runtime refuses a network of the measurement.</exception>
    public async Task<MachineProfile> MeasureAsync(
        MachineProfiler profiler, IProgress<ProfileProgress> progress, CancellationToken cancellationToken)
    {
        var profile = await profiler.MeasureAsync(Name, progress, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(_folder);
        AtomicFile.Write(Path, profile.Write());
        return profile;
    }
}
