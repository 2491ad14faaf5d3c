using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Cli.Remote;

/// <summary>The running system's gateway over HTTP.</summary>
internal sealed class GatewayClient : IDisposable
{
    private const string ApiKeyHeader = "X-Api-Key";

    private readonly HttpClient _http;

    public GatewayClient(Uri address)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (GatewayAddress.KeyFor(address) is { } key)
        {
            _http.DefaultRequestHeaders.Add(ApiKeyHeader, key);
        }
    }

    public async Task<RunStatus> SubmitAsync(RunSpecification specification, string? runId, CancellationToken cancellationToken)
    {
        var path = runId is null ? "runs" : $"runs?runId={Uri.EscapeDataString(runId)}";
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(specification, PipelineJson.Compact));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, cancellationToken);
        return await ReadAsync<RunStatus>(response, cancellationToken);
    }

    public async Task<IReadOnlyList<RunStatus>> ListAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "runs"), cancellationToken);
        return await ReadAsync<IReadOnlyList<RunStatus>>(response, cancellationToken);
    }

    public async Task<RunStatus> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, PathOf(runId)), cancellationToken);
        return await ReadAsync<RunStatus>(response, cancellationToken);
    }

    /// <summary>The run's status now and after every change, until it ends.</summary>
    public async IAsyncEnumerable<RunStatus> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"{PathOf(runId)}/events"), cancellationToken);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(stream, (_, bytes) => JsonSerializer.Deserialize<RunStatus>(bytes, PipelineJson.Compact)!);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            yield return item.Data;
        }
    }

    /// <summary>Downloads all files of the run; each appears whole, with the digest that it has in the run, or not at all.</summary>
    /// <exception cref="GatewayException">The gateway finds a file damaged, or it arrives damaged.</exception>
    public async Task<IReadOnlyList<string>> PullAsync(string runId, string folder, CancellationToken cancellationToken)
    {
        using var listing = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"{PathOf(runId)}/files"), cancellationToken);
        var files = await ReadAsync<IReadOnlyList<RunFile>>(listing, cancellationToken);
        Directory.CreateDirectory(folder);
        foreach (var file in files)
        {
            var path = $"{PathOf(runId)}/files/{Uri.EscapeDataString(file.Name)}";
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
            await AtomicFile.WriteAsync(
                Path.Combine(folder, Path.GetFileName(file.Name)),
                (local, token) => CopyAsync(response, file, local, token),
                cancellationToken);
        }

        return [.. files.Select(file => Path.GetFileName(file.Name))];
    }

    public void Dispose() => _http.Dispose();

    private static async Task CopyAsync(HttpResponseMessage response, RunFile file, Stream local, CancellationToken cancellationToken)
    {
        await response.Content.CopyToAsync(local, cancellationToken);
        local.Position = 0;
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(local, cancellationToken));
        if (file.Sha256 is not null && file.Sha256 != sha256)
        {
            throw new GatewayException(
                $"'{file.Name}' arrived damaged: its SHA-256 is {sha256}, but it must be {file.Sha256}; pull the run again.");
        }
    }

    private static string PathOf(string runId) => $"runs/{Uri.EscapeDataString(runId)}";

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new GatewayException(
                $"The gateway at {_http.BaseAddress} cannot be reached ({exception.Message}); start the system with './qat up'.",
                exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new GatewayException(response.StatusCode switch
            {
                HttpStatusCode.NotFound => "there is no such run; 'qat runs' lists them",
                HttpStatusCode.Unauthorized =>
                    $"the gateway at {_http.BaseAddress} asks for its key: set QAT_API_KEY to the Security__ApiKey that it was started "
                    + "with (the AppHost writes it to gateway.token of its data folder)",
                var status =>
                    $"the gateway answered {(int)status}: {await ExplainAsync(response, cancellationToken)}",
            });
        }
    }

    // Errors come as RFC 9457 problem details.
    private static async Task<string> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<Problem>(text, PipelineJson.Compact)?.Detail ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        (await response.Content.ReadFromJsonAsync<T>(PipelineJson.Compact, cancellationToken))!;

    private sealed record Problem(string? Detail);
}
