using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Execution;

/// <summary>The order of a run's stages: a pure function of its specification.</summary>
public static class RunPlan
{
    private static readonly string[] Order =
    [
        StageNames.Dataset, StageNames.TrainFloat, StageNames.Calibrate, StageNames.Qat,
        StageNames.Optimize, StageNames.Build, StageNames.Evaluate,
    ];

    /// <summary>The stages the specification includes, in order.</summary>
    public static IReadOnlyList<string> Stages(RunSpecification specification) =>
        [.. Order.Where(stage => IsIncluded(stage, specification))];

    /// <summary>The stage to run after <paramref name="completed"/> (null: at the start), or null where the run is through.</summary>
    public static string? Next(RunSpecification specification, string? completed)
    {
        var position = completed is null ? -1 : Array.IndexOf(Order, completed);
        return Order.Skip(position + 1).FirstOrDefault(stage => IsIncluded(stage, specification));
    }

    /// <summary>
    /// The artifacts known after a stage: the earlier ones, replaced by name where the stage made them anew, in ordinal order.
    /// </summary>
    public static IReadOnlyList<ArtifactReference> Accumulate(
        IEnumerable<ArtifactReference> known, IEnumerable<ArtifactReference> outputs)
    {
        var byName = known.GroupBy(artifact => artifact.Name).ToDictionary(group => group.Key, group => group.Last());
        foreach (var output in outputs)
        {
            byName[output.Name] = output;
        }

        return [.. byName.Values.OrderBy(artifact => artifact.Name, StringComparer.Ordinal)];
    }

    private static bool IsIncluded(string stage, RunSpecification specification) => stage switch
    {
        StageNames.TrainFloat => specification.Train is not null,
        StageNames.Qat => specification.Qat is not null,
        _ => true,
    };
}
