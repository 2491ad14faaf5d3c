using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
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
        if (Environment.GetEnvironmentVariable("QAT_API_KEY") is { Length: > 0 } key)
        {
            _http.DefaultRequestHeaders.Add(ApiKeyHeader, key);
        }
    }

    public async Task<RunStatus> SubmitAsync(RunSpecification specification, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(specification, PipelineJson.Compact));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "runs") { Content = content }, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<RunStatus>(response, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<RunStatus>> ListAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "runs"), cancellationToken).ConfigureAwait(false);
        return await ReadAsync<IReadOnlyList<RunStatus>>(response, cancellationToken).ConfigureAwait(false);
    }

    public async Task<RunStatus> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, PathOf(runId)), cancellationToken).ConfigureAwait(false);
        return await ReadAsync<RunStatus>(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The run's status now and after every change, until it ends.</summary>
    public async IAsyncEnumerable<RunStatus> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"{PathOf(runId)}/events"), cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var events = SseParser.Create(stream, (_, bytes) => JsonSerializer.Deserialize<RunStatus>(bytes, PipelineJson.Compact)!);
        await foreach (var item in events.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return item.Data;
        }
    }

    /// <summary>Downloads all files of the run; each appears whole or not at all.</summary>
    public async Task<IReadOnlyList<string>> PullAsync(string runId, string folder, CancellationToken cancellationToken)
    {
        using var listing = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"{PathOf(runId)}/files"), cancellationToken).ConfigureAwait(false);
        var names = (await ReadAsync<IReadOnlyList<RemoteFile>>(listing, cancellationToken).ConfigureAwait(false))
            .Select(file => Path.GetFileName(file.Name))
            .ToList();
        Directory.CreateDirectory(folder);
        foreach (var name in names)
        {
            var path = $"{PathOf(runId)}/files/{Uri.EscapeDataString(name)}";
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);
            await AtomicFile.WriteAsync(Path.Combine(folder, name), response.Content.CopyToAsync, cancellationToken).ConfigureAwait(false);
        }

        return names;
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string runId) => $"runs/{Uri.EscapeDataString(runId)}";

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new GatewayException(
                $"the gateway at {_http.BaseAddress} cannot be reached ({exception.Message}); start the system with './qat up'",
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
                HttpStatusCode.Unauthorized => "the gateway wants an API key: set QAT_API_KEY",
                var status =>
                    $"the gateway answered {(int)status}: {await ExplainAsync(response, cancellationToken).ConfigureAwait(false)}",
            });
        }
    }

    // Errors come as RFC 9457 problem details.
    private static async Task<string> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
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
        (await response.Content.ReadFromJsonAsync<T>(PipelineJson.Compact, cancellationToken).ConfigureAwait(false))!;

    private sealed record RemoteFile(string Name);

    private sealed record Problem(string? Detail);
}
