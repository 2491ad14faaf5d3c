using System.Text;
using System.Text.Json;
using QatPipeline.Contracts.Lineage;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Lineage;

/// <summary>
/// Appends to a run's lineage.ndjson, safely with several writers. An event of a type that the execution already has there is not
/// written again, so a repeated delivery leaves no trace.
/// </summary>
public sealed class LineageLog(IBlobStore blobs)
{
    /// <summary>Adds the event unless one of its type is there for the same execution.</summary>
    public async Task AppendAsync(string runId, LineageEvent lineageEvent, CancellationToken cancellationToken)
    {
        var name = StorePaths.Lineage(runId);
        var line = JsonSerializer.Serialize(lineageEvent, PipelineJson.Compact);
        try
        {
            await blobs.UpdateAsync(name, Append, cancellationToken);
        }
        catch (DamagedBlobException)
        {
            await blobs.QuarantineAsync(name, cancellationToken);
            await blobs.UpdateAsync(name, Append, cancellationToken);
        }

        byte[]? Append(byte[]? content)
        {
            var lines = content is null ? "" : Encoding.UTF8.GetString(content);
            return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(known => IsSame(known, lineageEvent))
                ? content
                : Encoding.UTF8.GetBytes(lines + line + "\n");
        }
    }

    /// <summary>The run's events in the order they were written.</summary>
    public async Task<IReadOnlyList<LineageEvent>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        var blob = await blobs.ReadAsync(StorePaths.Lineage(runId), cancellationToken);
        return blob is null
            ? []
            : [.. Encoding.UTF8.GetString(blob.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static LineageEvent Parse(string line) => JsonSerializer.Deserialize<LineageEvent>(line, PipelineJson.Compact)!;

    private static bool IsSame(string line, LineageEvent other)
    {
        var known = Parse(line);
        return known.Run.RunId == other.Run.RunId && known.EventType == other.EventType;
    }
}
