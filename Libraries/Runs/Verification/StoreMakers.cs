using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Verification;

/// <summary>Which stage of which run made, or makes anew, what is in a store.</summary>
internal sealed class StoreMakers
{
    private readonly Dictionary<string, (string Stage, string RunId)> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    private StoreMakers()
    {
    }

    /// <summary>The artifacts that stages read or gave.</summary>
    public IEnumerable<string> Named => _named;

    public static async Task<StoreMakers> ReadAsync(
        IBlobStore blobs, IReadOnlyList<BlobEntry> entries, CancellationToken cancellationToken)
    {
        var makers = new StoreMakers();
        foreach (var name in entries.Select(entry => entry.Name).Where(StoreNames.IsKnown))
        {
            if (name.StartsWith(StorePaths.StageRecords, StringComparison.Ordinal)
                && await blobs.TryReadJsonAsync<StageRecord>(name, cancellationToken) is { } record)
            {
                makers.Add(record);
            }
            else if (StoreNames.RunOf(name) is { } runId
                && name.StartsWith($"{StorePaths.Run(runId)}stages/", StringComparison.Ordinal)
                && await blobs.TryReadJsonAsync<RunStageLink>(name, cancellationToken) is { } link)
            {
                makers._makers.TryAdd(StorePaths.StageRecord(link.Key), (link.Stage, runId));
            }
        }

        return makers;
    }

    /// <summary>A sentence.</summary>
    public string RemedyOf(string name) => StoreNames.RunOf(name) switch
    {
        { } runId when name == StorePaths.Specification(runId) => $"Submit the same specification under the id '{runId}'.",
        { } runId when name == StorePaths.Cancelled(runId) => "Nothing needs its content: the run stays cancelled.",
        { } runId => $"Submit the run '{runId}' again under its id.",
        null when name.StartsWith(StorePaths.AllCheckpoints, StringComparison.Ordinal) =>
            "Nothing is to be done: the stage starts that part of its work over.",
        null when name.StartsWith(StorePaths.Leases, StringComparison.Ordinal) => "Nothing is to be done: nothing needs its content.",
        null when _makers.TryGetValue(name, out var maker) =>
            $"The stage '{maker.Stage}' makes it anew when the run '{maker.RunId}', or one like it, is submitted again.",
        null => "No stage is known to make it: put it into the store again if a run needs it, else delete it.",
    };

    private void Add(StageRecord record)
    {
        _named.UnionWith(record.Inputs.Concat(record.Outputs).Select(artifact => StorePaths.Artifact(artifact.Sha256)));
        foreach (var output in record.Outputs)
        {
            _makers.TryAdd(StorePaths.Artifact(output.Sha256), (record.Stage, record.RunId));
        }

        _makers[StorePaths.StageRecord(record.Key)] = (record.Stage, record.RunId);
    }
}
