using System.Runtime.CompilerServices;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Runs.Verification;

/// <summary>Reads every blob of a store and compares it with its digest, and every name in it with what is there.</summary>
public sealed class StoreVerification(IBlobStore blobs, StageTable stages)
{
    /// <summary>Everything that is wrong, each with what makes it right again.</summary>
    /// <param name="quarantine">Whether damaged blobs are put aside.</param>
    /// <param name="progress">Told after every blob.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<StoreFinding> FindAsync(
        bool quarantine, IProgress<VerificationProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = await blobs.ListAsync("", cancellationToken)
            .Where(entry => !entry.Name.StartsWith(StorePaths.Quarantine, StringComparison.Ordinal))
            .ToListAsync(cancellationToken);
        var makers = await StoreMakers.ReadAsync(blobs, entries, cancellationToken);
        var references = await ReferencesAsync(entries, makers, cancellationToken);
        var done = new VerificationProgress(0, 0, entries.Sum(entry => entry.Size), 0);
        foreach (var entry in entries)
        {
            var state = await blobs.CheckAsync(entry.Name, cancellationToken);
            if (!StoreNames.IsKnown(entry.Name))
            {
                yield return new StoreFinding(
                    StoreFindingKind.Foreign, entry.Name, "The pipeline did not write it and does not read it: move it elsewhere.");
            }
            else if (state == BlobState.Damaged)
            {
                yield return new StoreFinding(StoreFindingKind.Damaged, entry.Name, makers.RemedyOf(entry.Name));
                if (quarantine)
                {
                    await blobs.QuarantineAsync(entry.Name, cancellationToken);
                }
            }

            done = done with
            {
                Blobs = done.Blobs + 1,
                Bytes = done.Bytes + entry.Size,
                Unknown = done.Unknown + (state == BlobState.Unknown ? 1 : 0),
            };
            progress?.Report(done);
        }

        foreach (var name in references.Except(entries.Select(entry => entry.Name)))
        {
            // The store may be in use: what was not there at the beginning may have come since.
            if (!await blobs.ExistsAsync(name, cancellationToken))
            {
                yield return new StoreFinding(StoreFindingKind.Missing, name, makers.RemedyOf(name));
            }
        }
    }

    // Before anything is put aside, which would make the names in it unreadable.
    private async Task<IReadOnlyList<string>> ReferencesAsync(
        IEnumerable<BlobEntry> entries, StoreMakers makers, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(makers.Named, StringComparer.Ordinal);
        var references = new RunReferences(blobs, stages);
        foreach (var runId in entries.Select(entry => StoreNames.RunOf(entry.Name)).OfType<string>().Distinct())
        {
            if (await blobs.TryReadJsonAsync<RunSpecification>(StorePaths.Specification(runId), cancellationToken) is { } specification)
            {
                names.UnionWith(await references.OfAsync(runId, specification, cancellationToken).ToListAsync(cancellationToken));
            }
            else if (await blobs.ExistsAsync(StorePaths.Completed(runId), cancellationToken))
            {
                names.Add(StorePaths.Specification(runId));
            }
        }

        return [.. names];
    }
}
