using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>What the gateway hands out, and what it answers where the storage is damaged.</summary>
[Trait("Category", "Slow")]
public sealed class DamagedFileTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private const string Model = "model.onnx";
    private const string Report = "report.json";

    private static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(value => (byte)value)];
    private static readonly DatasetSpecification[] Anything = [new() { Yolo = "/pictures/any" }];

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Download_SoundFile_SaysItsDigest()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        await FinishAsync("sound");
        using var response = await fixture.Http.GetAsync(PathOf("sound", Model), Token);
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(
            $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Content))}:", Assert.Single(response.Headers.GetValues("Repr-Digest")));
        var (exitCode, output) = await PullAsync("sound");
        Assert.True(exitCode == 0, output);
        Assert.Equal(Content, await File.ReadAllBytesAsync(_folder.PathOf(Model), Token));
    }

    [Theory]
    [InlineData(Model)]
    [InlineData(Report)]
    public async Task Download_DamagedFile_IsRefusedWithTheRemedy_ByEveryDoor(string name)
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        var runId = $"damaged-{Path.GetExtension(name)[1..]}";
        await FinishAsync(runId);
        Flip(StorePaths.RunFile(runId, name));

        using var response = await fixture.Http.GetAsync(PathOf(runId, name), Token);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var detail = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString();
        Assert.Contains(name, detail, StringComparison.Ordinal);
        Assert.Contains("Submit the run again", detail, StringComparison.Ordinal);

        using var channel = fixture.OpenChannel();
        var client = new Contracts.V1.Grpc.Gateway.GatewayClient(channel);
        using var call = client.Download(new DownloadRequest { RunId = runId, Name = name }, cancellationToken: Token);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.DataLoss, refused.StatusCode);

        var (exitCode, output) = await PullAsync(runId);
        Assert.Equal(2, exitCode);
        Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf(name)));
    }

    [Fact]
    public async Task List_OneDamagedStatus_IsRebuilt_AndTheOthersAreThere()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        await FinishAsync("whole");
        await FinishAsync("flipped");
        Flip(StorePaths.Status("flipped"));
        var runs = await fixture.Http.GetFromJsonAsync<JsonElement>("/runs", Token);
        var states = runs.EnumerateArray().ToDictionary(
            run => run.GetProperty("runId").GetString()!, run => run.GetProperty("state").GetString());
        Assert.Equal("completed", states["whole"]);
        Assert.Equal("completed", states["flipped"]);
    }

    [Fact]
    public async Task Lineage_Damaged_IsRefused()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        await FinishAsync("lineage");
        Flip(StorePaths.Lineage("lineage"));
        using var response = await fixture.Http.GetAsync(new Uri("/runs/lineage/lineage", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    private static Uri PathOf(string runId, string name) => new($"/runs/{runId}/files/{name}", UriKind.Relative);

    // A run as the services leave it.
    private async Task FinishAsync(string runId)
    {
        var blobs = new FolderBlobStore(fixture.Store);
        var model = _folder.PathOf("source");
        await File.WriteAllBytesAsync(model, Content, Token);
        var store = new ArtifactStore(blobs, new ArtifactCache(_folder.PathOf("cache"), 1 << 20, TimeProvider.System));
        var artifact = await store.PutAsync(Model, model, Token);
        await blobs.CopyAsync(StorePaths.Artifact(artifact.Sha256), StorePaths.RunFile(runId, Model), Token);
        await blobs.WriteAsync(StorePaths.RunFile(runId, Report), "{}"u8.ToArray(), Token);
        await blobs.WriteAsync(StorePaths.Lineage(runId), "{}\n"u8.ToArray(), Token);
        File.Delete(model);

        var folder = new RunFolder(blobs, StageTable.Standard, TimeProvider.System);
        var runs = new RunStatusStore(blobs, StageTable.Standard, TimeProvider.System);
        var specification = new RunSpecification
        {
            Name = runId,
            Model = new ModelSpecification { Onnx = "/models/any.onnx" },
            Data = new DataSpecification { Calibration = Anything, Training = Anything, Validation = Anything },
        };
        await runs.ApplyAsync(new PipelineRequested(runId, specification, []), Token);
        var completed = new PipelineCompleted(runId, runId, [artifact], DateTimeOffset.UnixEpoch);
        await folder.CompleteAsync(new RunCompletion(completed, Announced: true), Token);
        await runs.ApplyAsync(completed, Token);
    }

    private void Flip(string name)
    {
        var path = Path.Combine(fixture.Store, name);
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
    }

    private async Task<(int ExitCode, string Output)> PullAsync(string runId)
    {
        using var qat = ChildProcess.Start(
            BuiltProgram.PathOf("Cli", "qat"),
            ["pull", runId, _folder.FullName, "--gateway", fixture.Gateway.Address.ToString()],
            new Dictionary<string, string> { ["QAT_API_KEY"] = GatewayFixture.Key });
        var output = await qat.WaitForOutputAsync(Token);
        return (qat.ExitCode, output);
    }
}
