using System.Text.Json;

namespace QatPipeline.SystemSupport;

/// <summary>What the dashboard has of the services' telemetry, over its HTTP API.</summary>
public sealed class Telemetry : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    internal Telemetry(Uri dashboard, string apiKey)
    {
        _http = new HttpClient { BaseAddress = dashboard };
        _http.DefaultRequestHeaders.Add("x-api-key", apiKey);
    }

    /// <summary>The trace's spans, once a span of this name is among them and no more come in: services export once a second.</summary>
    public async Task<IReadOnlyList<Span>> WaitForTraceAsync(string traceId, string lastSpan, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var known = 0;
        while (true)
        {
            var spans = Parse(await _http.GetStringAsync($"/api/telemetry/traces/{traceId}", limit.Token));
            if (spans.Count == known && spans.Any(span => span.Name == lastSpan))
            {
                return spans;
            }

            known = spans.Count;
            await Task.Delay(TimeSpan.FromSeconds(2), limit.Token);
        }
    }

    /// <summary>All logs and spans, as the dashboard tells them.</summary>
    public async Task<string> ReadAllAsync(CancellationToken cancellationToken) =>
        await _http.GetStringAsync("/api/telemetry/logs", cancellationToken)
        + await _http.GetStringAsync("/api/telemetry/spans", cancellationToken);

    public void Dispose() => _http.Dispose();

    // OTLP as JSON: { "data": { "resourceSpans": [ { "resource": …, "scopeSpans": [ { "spans": [ … ] } ] } ] } }
    private static List<Span> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var spans = new List<Span>();
        foreach (var resource in document.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray())
        {
            var service = Attribute(resource.GetProperty("resource"), "service.name");
            var instance = Attribute(resource.GetProperty("resource"), "service.instance.id");
            var scopes = resource.GetProperty("scopeSpans").EnumerateArray();
            foreach (var span in scopes.SelectMany(scope => scope.GetProperty("spans").EnumerateArray()))
            {
                spans.Add(new Span(
                    service!,
                    instance!,
                    span.GetProperty("name").GetString()!,
                    span.GetProperty("traceId").GetString()!,
                    span.GetProperty("spanId").GetString()!,
                    span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
                    Attribute(span, "qat.stage.key"),
                    Attributes(span)));
            }
        }

        return spans;
    }

    private static string? Attribute(JsonElement owner, string key) => owner.TryGetProperty("attributes", out var attributes)
        ? attributes.EnumerateArray().Where(attribute => attribute.GetProperty("key").GetString() == key)
            .Select(attribute => attribute.GetProperty("value").GetProperty("stringValue").GetString()).SingleOrDefault()
        : null;

    // { "key": …, "value": { "intValue": … } }
    private static Dictionary<string, string> Attributes(JsonElement owner) => owner.TryGetProperty("attributes", out var attributes)
        ? attributes.EnumerateArray().ToDictionary(
            attribute => attribute.GetProperty("key").GetString()!,
            attribute => string.Concat(attribute.GetProperty("value").EnumerateObject().Select(value => value.Value.ToString())))
        : [];
}

/// <summary>A span as the dashboard tells it; the values of its attributes as text.</summary>
public sealed record Span(
    string Service, string Instance, string Name, string TraceId, string Id, string? ParentId, string? StageKey,
    IReadOnlyDictionary<string, string> Attributes);
