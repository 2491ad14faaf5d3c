using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace QatPipeline.AspireLocal.Dcp;

/// <summary>Talks to the orchestrator's API server.</summary>
internal sealed class DcpClient : IDisposable
{
    private const string Api = $"apis/{DcpJson.GroupVersion}/";

    private readonly HttpClient _http;

    public DcpClient(DcpKubeconfig config)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { config.Authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = config.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", config.Token) },
        };
    }

    public async Task CreateAsync<TSpec, TStatus>(string kind, DcpObject<TSpec, TStatus> item, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(Api + kind, item, DcpJson.Options, cancellationToken);
        await RequireSuccessAsync(response, $"create {kind}/{item.Metadata.Name}", cancellationToken);
    }

    public async Task<DcpObject<TSpec, TStatus>> GetAsync<TSpec, TStatus>(string kind, string name, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<DcpObject<TSpec, TStatus>>($"{Api}{kind}/{name}", DcpJson.Options, cancellationToken))!;

    /// <summary>The objects of a kind as they are and as they change, until cancelled.</summary>
    public async IAsyncEnumerable<DcpWatchEvent<DcpObject<TSpec, TStatus>>> WatchAsync<TSpec, TStatus>(
        string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync($"{Api}{kind}?watch=true", cancellationToken);
        var events = JsonSerializer.DeserializeAsyncEnumerable<DcpWatchEvent<DcpObject<TSpec, TStatus>>>(
            stream, topLevelValues: true, DcpJson.Options, cancellationToken);
        await foreach (var item in events)
        {
            yield return item!;
        }
    }

    /// <summary>The lines that a process or container writes, each with a timestamp before it.</summary>
    public async IAsyncEnumerable<string> FollowLogAsync(
        string kind, string name, string source, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(
            $"{Api}{kind}/{name}/log?source={source}&follow={(follow ? "true" : "false")}&timestamps=true",
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            yield break;
        }

        await RequireSuccessAsync(response, $"read the log of {kind}/{name}", cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public Task StopAsync(string kind, string name, CancellationToken cancellationToken) =>
        PatchAsync($"{Api}{kind}/{name}", """{"spec":{"stop":true}}""", cancellationToken);

    public async Task DeleteAsync(string kind, string name, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync($"{Api}{kind}/{name}", cancellationToken);
        if (response.StatusCode is not HttpStatusCode.NotFound)
        {
            await RequireSuccessAsync(response, $"delete {kind}/{name}", cancellationToken);
        }
    }

    /// <summary>Ends everything that the orchestrator has started, and then itself.</summary>
    public Task ShutDownAsync(CancellationToken cancellationToken) =>
        PatchAsync("admin/execution", """{"status":"Stopping","shutdownResourceCleanup":"Full"}""", cancellationToken);

    /// <summary>Whether the orchestrator is still there.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync("admin/execution", cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task PatchAsync(string path, string body, CancellationToken cancellationToken)
    {
        // The content type has to be exactly this: with a charset behind it the server answers 415.
        using var content = new StringContent(body)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/merge-patch+json") },
        };
        using var response = await _http.PatchAsync(path, content, cancellationToken);
        await RequireSuccessAsync(response, $"patch {path}", cancellationToken);
    }

    private static async Task RequireSuccessAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new DcpException($"The orchestrator refused to {action}: {(int)response.StatusCode} {answer}");
        }
    }
}

/// <summary>The orchestrator refused a request.</summary>
internal sealed class DcpException(string message) : Exception(message);
