using Azure.Storage.Blobs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Runs.Tests.Artifacts;

public sealed class AzureBlobStoreTests
{
    private const int Workers = 8;
    private const int Rounds = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CopyAsync_ManyWorkersToOneName_EachEnds()
    {
        Assert.SkipUnless(AzuriteProcess.IsAvailable, AzuriteProcess.SkipReason);
        using var azurite = await AzuriteProcess.StartAsync(Token);
        var store = new AzureBlobStore(new BlobContainerClient(azurite.ConnectionString, "copies"), TimeProvider.System);
        var content = new byte[10_000];
        await store.WriteAsync("artifacts/1", content, Token);

        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => store.CopyAsync("artifacts/1", "runs/r/files/model", Token)));
        }

        Assert.Equal(content, (await store.ReadAsync("runs/r/files/model", Token))!.Content);
    }
}
