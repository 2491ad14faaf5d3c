using System.Text.RegularExpressions;

namespace QatPipeline.Runs.Verification;

/// <summary>The names that the pipeline gives to blobs: see <see cref="Artifacts.StorePaths"/>.</summary>
internal static partial class StoreNames
{
    public static bool IsKnown(string name) => Shared().IsMatch(name) || OfRun().IsMatch(name);

    /// <summary>The run that a blob belongs to; null for one of all runs.</summary>
    public static string? RunOf(string name) => OfRun().Match(name) is { Success: true } match ? match.Groups["run"].Value : null;

    [GeneratedRegex(
        "^(artifacts/sha256/[0-9a-f]{64}|stages/[0-9a-f]{64}\\.json|leases/[0-9a-f]{64}|checkpoints/[0-9a-f]{64}/[^/]+"
        + "|gateway/keys/[0-9]+\\.xml)$")]
    private static partial Regex Shared();

    [GeneratedRegex(
        "^runs/(?<run>[^/]+)/((specification|status|cancelled|completed)\\.json|lineage\\.ndjson|stages/[^/]+\\.json|files/[^/]+)$")]
    private static partial Regex OfRun();
}
