using System.Diagnostics;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.Runs;
using QatPipeline.Runs.Lineage;
using QatPipeline.Runs.Verification;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd;

/// <summary>An undisturbed run through all services against one process.</summary>
[Collection(DistributedCollection.Name)]
public sealed class DistributedRunTests(DistributedSystem system)
{
    /// <summary>One that no other test has: its stages are to be made here, not reused.</summary>
    private const int Variation = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ThroughAllServices_GivesTheBytesOfOneProcess_AndIsReusedTheSecondTime()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        await system.SubmitAsync("first", SmallRun.Yaml(Variation), Token);
        var first = await system.CompleteAsync("first", Token);
        var expected = await SmallRun.ExpectedAsync(Variation, system.ExpectedFolder, Token);
        Assert.Equal(expected.Artifacts, first.Artifacts);
        Assert.Contains(first.Artifacts, artifact => artifact.Name == ArtifactNames.QatGraph);

        var engine = first.Artifacts.Single(artifact => artifact.Name == ArtifactNames.Int8Engine);
        var pulled = await system.Container.GetBlobClient($"runs/first/files/{engine.Name}").DownloadContentAsync(Token);
        Assert.Equal(engine.Sha256, Digests.Of(pulled.Value.Content));

        var clock = Stopwatch.StartNew();
        await system.SubmitAsync("second", SmallRun.Yaml(Variation), Token);
        var second = await system.CompleteAsync("second", Token);
        TestContext.Current.SendDiagnosticMessage($"reused run: {clock.Elapsed.TotalSeconds:F2} s");
        Assert.Equal(first.Artifacts, second.Artifacts);
        var lineage = await new LineageLog(system.Blobs).ReadAsync("second", Token);
        Assert.Equal(6, lineage.Count);
        Assert.All(lineage, entry => Assert.Equal("first", entry.Run.Facets.Stage.ReusedFrom));

        var findings = new StoreVerification(system.Blobs, StageTable.Standard).FindAsync(quarantine: false, progress: null, Token);
        Assert.Empty(await findings.ToListAsync(Token));
    }
}
