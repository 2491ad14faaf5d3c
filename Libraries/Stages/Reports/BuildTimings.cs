using System.Text.Json;
using QatPipeline.Engines;
using QatPipeline.Runs.Json;

namespace QatPipeline.Stages.Reports;

/// <summary>The timings of the engines by variant, one for every batch size: a measurement in the build stage's record.</summary>
public static class BuildTimings
{
    /// <summary>Name of the measurement.</summary>
    public const string Measurement = "timing";

    /// <summary>The timings of a run; none where it built nothing itself, as one that began with the event of a later stage.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<EngineTiming>> Of(IReadOnlyList<StageResult> stages) =>
        stages.FirstOrDefault(stage => stage.Record.Stage == StageNames.Build)?.Record.Measurements
            .TryGetValue(Measurement, out var timing) is true
            ? timing.Deserialize<Dictionary<string, IReadOnlyList<EngineTiming>>>(PipelineJson.Options)!
            : new Dictionary<string, IReadOnlyList<EngineTiming>>();
}
