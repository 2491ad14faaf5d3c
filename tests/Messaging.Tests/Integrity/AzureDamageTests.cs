using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using MassTransit;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Messaging.Tests.Delivery;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Integrity;

/// <summary>A byte that flips anywhere in the blob storage of a finished run, with a real RabbitMQ and a real Azurite.</summary>
[Trait("Category", "Slow")]
public sealed class AzureDamageTests(BrokerFixture infrastructure) : IClassFixture<BrokerFixture>
{
    private const int Seed = 13;

    private readonly Random _random = new(Seed);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryBlob_Flipped_IsNamedInsteadOfHandedOutAndRepairedByTheSameRun()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        const string RunId = "damaged";
        var stages = ScriptedStage.FullPipeline();
        await using var gateway = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking(), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        var artifacts = (await RunAsync(gateway, RunId)).Artifacts;
        var expected = await StoreExpectations.TakeAsync(gateway.Blobs);
        await expected.AssertSoundAsync(RunId);

        foreach (var name in expected.Names)
        {
            await FlipAsync(name);
            await expected.AssertNeverHandedOutAsync(name, RunId, artifacts);
            await expected.AssertVerifyNamesAsync(name);

            var executions = stages.Sum(stage => stage.Executions);
            Assert.Equal(artifacts, (await RunAsync(gateway, RunId)).Artifacts);
            var isShared = name.StartsWith(StorePaths.Artifacts, StringComparison.Ordinal)
                || name.StartsWith(StorePaths.StageRecords, StringComparison.Ordinal);
            Assert.Equal(executions + (isShared ? 1 : 0), stages.Sum(stage => stage.Executions));
            await expected.AssertSoundAsync(RunId);
        }

        // Without the gateway: whoever sends the request again has the run repaired.
        await FlipAsync(StorePaths.Artifact(artifacts.Single(artifact => artifact.Name == ArtifactNames.PtqGraph).Sha256));
        await FlipAsync(StorePaths.RunFile(RunId, ArtifactNames.PtqGraph));
        var listener = new CompletionListener();
        await gateway.Bus.ConnectReceiveEndpoint("completions-by-message", receive => receive.Instance(listener)).Ready;
        await gateway.Bus.SubmitAsync(new PipelineRequested(RunId, ScriptedStage.Specification(), []), Token);
        await listener.Completed.WaitAsync(TimeSpan.FromMinutes(1), Token);
        await gateway.WaitForEndAsync(RunId, Token);
        await expected.AssertSoundAsync(RunId);
    }

    [Fact]
    public async Task Blob_OfAVersionWithoutDigests_IsRead()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var host = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking(), Token);
        await host.Blobs.WriteAsync("old/blob", new byte[] { 1 }, Token);
        await Client("old/blob").UploadAsync(BinaryData.FromBytes(new byte[] { 2 }), overwrite: true, Token);
        Assert.Equal([2], (await host.Blobs.ReadAsync("old/blob", Token))!.Content);
        Assert.Equal(BlobState.Unknown, await host.Blobs.CheckAsync("old/blob", Token));
        await host.Blobs.DeleteAsync("old/blob", Token);
    }

    // What the gateway does.
    private static async Task<RunStatus> RunAsync(ServiceHost gateway, string runId)
    {
        var request = new PipelineRequested(runId, ScriptedStage.Specification(), []);
        await gateway.Get<RunRepair>().PrepareAsync(runId, request.Specification, Token);
        await gateway.Runs.ApplyAsync(request, Token);
        await gateway.Bus.SubmitAsync(request, Token);
        return await gateway.WaitForEndAsync(runId, Token);
    }

    private BlobClient Client(string name) =>
        new BlobContainerClient(infrastructure.Storage.ConnectionString, "qatpipeline").GetBlobClient(name);

    // The content alone: the storage keeps what it knows of the blob.
    private async Task FlipAsync(string name)
    {
        var blob = (await Client(name).DownloadContentAsync(Token)).Value;
        var content = blob.Content.ToArray();
        content[_random.Next(content.Length)] ^= (byte)(1 << _random.Next(8));
        await Client(name).UploadAsync(
            BinaryData.FromBytes(content), new BlobUploadOptions { Metadata = blob.Details.Metadata }, Token);
    }

    private sealed class CompletionListener : IConsumer<PipelineCompleted>
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Completed => _completed.Task;

        public Task Consume(ConsumeContext<PipelineCompleted> context)
        {
            _completed.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
