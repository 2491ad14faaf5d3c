using System.Text;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// The identity of a stage's work: everything that can change its outputs and nothing else. Two executions with one key give the same
/// bytes, so the second is spared.
/// </summary>
public static class StageKey
{
    /// <summary>SHA-256 of the stage's name and version, its canonical configuration, and the digests of its inputs by name.</summary>
    public static string Compute(IStage stage, object configuration, IEnumerable<ArtifactReference> inputs)
    {
        var canonical = CanonicalJson.Of(new
        {
            stage = stage.Name,
            version = stage.Version,
            configuration,
            inputs = inputs.OrderBy(input => input.Name, StringComparer.Ordinal).Select(input => new[] { input.Name, input.Sha256 }),
        });
        return Digests.Of(Encoding.UTF8.GetBytes(canonical));
    }
}
