using System.Globalization;
using QatPipeline.Graphs.Linting;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>What is wrong with a calibration cache, told by its scales alone.</summary>
public static class CacheChecks
{
    // 127 times it is still less than the smallest normal number: a line that lost digits, not a tensor's range.
    private const float SmallestScale = 1e-36f;

    /// <summary>
    /// Errors for scales that are no numbers greater than 0 and for tensors with two different ones, warnings for those of tensors that
    /// were zero throughout.
    /// </summary>
    public static IReadOnlyList<LintFinding> Findings(CalibrationCache cache)
    {
        var first = new Dictionary<string, float>(StringComparer.Ordinal);
        var findings = new List<LintFinding>();
        foreach (var (tensor, scale) in cache.Entries)
        {
            if (scale < 0 || !float.IsFinite(scale * sbyte.MaxValue))
            {
                findings.Add(new(
                    LintSeverity.Error,
                    "broken-scale",
                    [tensor],
                    string.Create(CultureInfo.InvariantCulture, $"'{tensor}' has the scale {scale}, which is not a number greater than 0."),
                    "Calibrate again: pictures that cannot be read, or layers that overflow in 16 bits, are what such scales come from."));
            }
            else if (scale < SmallestScale)
            {
                findings.Add(new(
                    LintSeverity.Warning,
                    scale == 0 ? "zero-scale" : "tiny-scale",
                    [tensor],
                    scale == 0
                        ? $"'{tensor}' has the scale 0: it was zero in all calibration pictures, or is no tensor of activations."
                        : string.Create(CultureInfo.InvariantCulture, $"'{tensor}' has the scale {scale}: its line may have lost digits."),
                    "Its layer stays float when the cache is imported; calibrate again where it should not."));
            }

            if (!first.TryAdd(tensor, scale))
            {
                findings.Add(new(
                    first[tensor].Equals(scale) ? LintSeverity.Warning : LintSeverity.Error,
                    "listed-twice",
                    [tensor],
                    string.Create(
                        CultureInfo.InvariantCulture, $"'{tensor}' is listed twice, with the scales {first[tensor]} and {scale}."),
                    "Calibrate again, or take the line out that is not of this model."));
            }
        }

        return findings;
    }

    /// <exception cref="GraphException">The cache has errors.</exception>
    public static void Require(CalibrationCache cache)
    {
        LintFinding[] errors = [.. Findings(cache).Where(finding => finding.Severity == LintSeverity.Error)];
        if (errors.Length > 0)
        {
            throw new GraphException(
                $"The cache has {errors.Length} broken scales: {string.Join(' ', errors.Take(3).Select(error => error.Effect))} "
                + errors[0].Remedy);
        }
    }
}
