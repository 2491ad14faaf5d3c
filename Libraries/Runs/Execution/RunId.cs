using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>Identifiers of runs: safe as a file name, sortable by time within a name.</summary>
public static class RunId
{
    private const int LongestName = 40;

    /// <summary>A new identifier such as <c>demo-20260131-142530-7f3a</c>.</summary>
    public static string Create(string name, TimeProvider time)
    {
        var safe = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(LongestName)]).Trim('-');
        var moment = time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return $"{(safe.Length == 0 ? "run" : safe)}-{moment}-{Guid.NewGuid().ToString("N")[..4]}";
    }

    /// <summary>Whether the text can be a run's identifier: up to 64 letters, digits and <c>. _ - +</c>.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) => text is { Length: <= 64 } && BlobNames.IsFileName(text);
}
