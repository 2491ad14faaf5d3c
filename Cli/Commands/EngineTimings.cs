using QatPipeline.Engines;

namespace QatPipeline.Cli.Commands;

/// <summary>Timings of engines, whether their builder takes them or not.</summary>
internal static class EngineTimings
{
    /// <summary>An engine that is there already, as the result of its build.</summary>
    public static EngineBuildResult Existing(string path) =>
        new() { Status = EngineBuildStatus.Built, Builder = "", Engines = [new EngineFile(path, null)] };

    /// <summary>The build with timings; what was only delivered, or timed while it was built, is as it was.</summary>
    public static async Task<EngineBuildResult> TimedAsync(
        this IEngineBackend backend,
        EngineBuildResult built,
        IReadOnlyList<int> batches,
        TimingOptions options,
        CancellationToken cancellationToken)
    {
        if (built.Status != EngineBuildStatus.Built || built.Timings.Count > 0)
        {
            return built;
        }

        var timings = new List<EngineTiming>();
        foreach (var batch in batches)
        {
            timings.Add(await backend.MeasureAsync(built.Engines[0].Path, batch, options, cancellationToken));
        }

        return built with { Timings = timings };
    }
}
