using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

[Trait("Category", "Slow")]
public sealed class RunsApiTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    // The broker is asked from time to time who works: that nobody does is known a little later.
    private async Task<JsonElement> WaitingAsync(string path)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var run = await fixture.Http.GetFromJsonAsync<JsonElement>(path, limit.Token);
            if (run.GetProperty("state").GetString() == "waiting")
            {
                return run;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    private const string Specification = """
        name: api
        model: { onnx: /nowhere/model.onnx }
        data:
          calibration: [ { synthetic: { images: 4 } } ]
          training: [ { synthetic: { images: 4 } } ]
          validation: [ { synthetic: { images: 4 } } ]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Yaml_IsAcceptedListedAndCancelled()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var accepted = await PostAsync("/runs?runId=api-1", Specification);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("/runs/api-1", accepted.Headers.Location!.ToString());
        var run = await WaitingAsync("/runs/api-1");
        Assert.Equal("dataset-loading", run.GetProperty("waitingFor").GetString());
        var all = await fixture.Http.GetFromJsonAsync<JsonElement>("/runs", Token);
        Assert.Contains("api-1", all.EnumerateArray().Select(entry => entry.GetProperty("runId").GetString()));

        using var cancelled = await fixture.Http.DeleteAsync(new Uri("/runs/api-1", UriKind.Relative), Token);
        Assert.Equal("cancelled", (await cancelled.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("state").GetString());
        Assert.Contains("\"cancelled\"", await fixture.Http.GetStringAsync("/runs/api-1/events", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnknownKey_NamesIt()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var response = await PostAsync("/runs", Specification + "\nsed: 1\n");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("sed", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Post_TypeThatAnyWebPageMaySend_IsRefused(string type, HttpStatusCode expected)
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var response = await PostAsync("/runs", Specification, type);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Post_MoreThanAMebibyte_IsRefused()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var response = await PostAsync("/runs", new string('#', (1 << 20) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("qat: { epochs: 0 }", "'qat.epochs' is 0, but must be from 1 to 1000")]
    [InlineData("target: ${PATH}", "'target' is ${PATH}, but must be one of ort-cpu, tensorrt")]
    public async Task Post_BadValue_NamesKeyAndRange_AndDoesNotTellTheEnvironment(string line, string expected)
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var response = await PostAsync("/runs", $"{Specification}\n{line}\n");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_RunIdOfAnotherRun_IsRefused_AndTheSameRequestIsTheSameRun()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var first = await PostAsync("/runs?runId=taken", Specification);
        using var same = await PostAsync("/runs?runId=taken", Specification);
        using var other = await PostAsync("/runs?runId=taken", Specification + "\nseed: 2\n");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, same.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("another run id", await other.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/runs/none")]
    [InlineData("/runs/..%2F..%2Fetc/files/passwd")]
    [InlineData("/runs/none/lineage")]
    public async Task Get_WhatIsNotThere_IsNotFound(string path)
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var response = await fixture.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_ForeignHostName_IsRefused()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runs") { Headers = { Host = "attacker.example" } };
        using var response = await fixture.Http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task OpenApi_DescribesTheRuns()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        var document = await fixture.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);
        Assert.True(document.GetProperty("paths").TryGetProperty("/runs/{runId}/files/{name}", out _));
    }

    [Fact]
    public async Task Grpc_OffersTheSame()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var channel = fixture.OpenChannel();
        var client = new Contracts.V1.Grpc.Gateway.GatewayClient(channel);
        var run = await client.SubmitAsync(
            new SubmitRequest { Specification = Specification, RunId = "grpc-1" }, cancellationToken: Token);
        Assert.Contains(run.State, (string[])["requested", "waiting"]);
        Assert.Equal("dataset", run.Stages[0].Name);
        var cancelled = await client.CancelAsync(new RunRequest { RunId = "grpc-1" }, cancellationToken: Token);
        Assert.Equal("cancelled", cancelled.State);
        var unknown = await Assert.ThrowsAsync<RpcException>(
            () => client.GetAsync(new RunRequest { RunId = "none" }, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        var invalid = await Assert.ThrowsAsync<RpcException>(
            () => client.SubmitAsync(new SubmitRequest { Specification = "name: 1" }, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, invalid.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string text, string type = "application/yaml")
    {
        using var content = new StringContent(text, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };

        // The answer to a body that is too large would be lost if the connection were closed in the middle of it.
        request.Headers.ExpectContinue = true;
        return await fixture.Http.SendAsync(request, Token);
    }
}
