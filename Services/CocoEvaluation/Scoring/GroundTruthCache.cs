using QatPipeline.Coco.Data;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.CocoEvaluation.Scoring;

/// <summary>The ground truth used last: a training asks for the same one after every epoch.</summary>
internal sealed class GroundTruthCache(ArtifactStore artifacts) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private (string Sha256, CocoDataset Dataset)? last;

    /// <exception cref="ArtifactException">There is no such artifact.</exception>
    /// <exception cref="CocoException">The artifact is no annotation file.</exception>
    public async Task<CocoDataset> GetAsync(string sha256, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (last?.Sha256 != sha256)
            {
                var artifact = new ArtifactReference(ArtifactNames.ValidationAnnotations, sha256, 0);
                last = (sha256, CocoDataset.Read(await artifacts.FetchAsync(artifact, cancellationToken), ""));
            }

            return last!.Value.Dataset;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
