using Azure;
using Azure.Storage.Blobs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AppHost.Tests;

/// <summary>The storage whose disk is full, as the AppHost starts it.</summary>
public sealed class FullStorageTests
{
    private const int Room = 32 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_DiskHasNoRoom_IsRefusedWithTheRemedy_AndGoesThroughWhenThereIsRoom()
    {
        Assert.SkipUnless(AzuriteProcess.IsAvailable, AzuriteProcess.SkipReason);
        using var disk = SmallDisk.TryMount(Room);
        Assert.SkipWhen(disk is null, SmallDisk.SkipReason);
        var script = Path.Combine(TestData.RepositoryRoot, "AppHost", "durable-storage.cjs");
        using var server = await AzuriteProcess.StartAsync(Token, disk!.Folder, script);
        var store = new AzureBlobStore(new BlobContainerClient(server.ConnectionString, "full"), TimeProvider.System);
        var content = new byte[Room];
        await store.WriteAsync("small", content.AsMemory(0, 1 << 20), Token);

        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => store.WriteAsync("large", content, Token));

        var fault = StageFault.Of(refused);
        Assert.Contains($"The disk of {disk.Folder} is full.", fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("Free space on the full disk", fault.Remedy, StringComparison.Ordinal);
        Assert.True(fault.IsTransient);
        Assert.Null(await store.ReadAsync("large", Token));
        disk.Resize(4 * Room);
        await store.WriteAsync("large", content, Token);
        Assert.Equal(content, (await store.ReadAsync("large", Token))!.Content);
    }
}
