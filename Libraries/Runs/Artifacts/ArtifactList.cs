using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Runs.Artifacts;

/// <summary>The artifacts of a run as its events carry them.</summary>
public static class ArtifactList
{
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
}
