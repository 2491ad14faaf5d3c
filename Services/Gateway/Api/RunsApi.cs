using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using QatPipeline.Gateway.Runs;
using QatPipeline.Gateway.Web;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Api;

/// <summary>Runs over HTTP.</summary>
internal static class RunsApi
{
    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        var runs = app.MapGroup("/runs").WithTags("Runs");
        runs.MapPost("/", SubmitAsync).Accepts<string>("application/yaml", "application/json")
            .WithSummary("Submits a run specification, as YAML or JSON; relative paths start at the folder.");
        runs.MapGet("/", ListAsync).WithSummary("All runs, the latest first.");
        runs.MapGet("/{runId}", GetAsync).WithSummary("Where a run stands.");
        runs.MapDelete("/{runId}", CancelAsync).WithSummary("Cancels a run.");
        runs.MapGet("/{runId}/events", WatchAsync).WithSummary("Server-sent events: the run's status whenever it changes, until it ends.");
        runs.MapGet("/{runId}/stages", StagesAsync).WithSummary("Records of the finished stages: inputs, outputs, measurements.");
        runs.MapGet("/{runId}/files", FilesAsync).WithSummary("The run's files by readable name.");
        runs.MapGet("/{runId}/files/{name}", DownloadAsync).WithDownloadHeaders().WithSummary("A file's content.");
        runs.MapGet("/{runId}/lineage", LineageAsync).WithSummary("OpenLineage events, one JSON object a line.");
    }

    private static async Task<Results<Accepted<RunStatus>, StatusCodeHttpResult>> SubmitAsync(
        HttpRequest request, string? runId, string? folder, RunOperations runs, CancellationToken cancellationToken)
    {
        // Types that a web page of another site cannot send without asking first.
        if (request.ContentType?.Split(';')[0].Trim() is not ("application/yaml" or "application/x-yaml" or "application/json"))
        {
            return TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        using var reader = new StreamReader(request.Body);
        var status = await runs.SubmitAsync(await reader.ReadToEndAsync(cancellationToken), runId, cancellationToken, folder);
        return TypedResults.Accepted($"/runs/{status.RunId}", status);
    }

    private static async Task<Ok<IReadOnlyList<RunStatus>>> ListAsync(RunOperations runs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await runs.ListAsync(cancellationToken));

    private static async Task<Results<Ok<RunStatus>, NotFound>> GetAsync(
        string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(runId, cancellationToken) is { } status ? TypedResults.Ok(status) : TypedResults.NotFound();

    private static async Task<Results<Ok<RunStatus>, NotFound>> CancelAsync(
        string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.CancelAsync(runId, cancellationToken) is { } status ? TypedResults.Ok(status) : TypedResults.NotFound();

    private static async Task<Results<ServerSentEventsResult<RunStatus>, NotFound>> WatchAsync(
        string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(runId, cancellationToken) is null
            ? TypedResults.NotFound()
            : TypedResults.ServerSentEvents(EventsAsync(runId, runs, cancellationToken));

    private static async IAsyncEnumerable<SseItem<RunStatus>> EventsAsync(
        string runId, RunOperations runs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var status in runs.WatchAsync(runId, cancellationToken))
        {
            yield return new SseItem<RunStatus>(status, "status");
        }
    }

    private static async Task<Results<Ok<IReadOnlyList<StageResult>>, NotFound>> StagesAsync(
        string runId, RunFolder folder, CancellationToken cancellationToken) =>
        RunId.IsValid(runId) && await folder.ReadSpecificationAsync(runId, cancellationToken) is { } specification
            ? TypedResults.Ok(await folder.ReadStagesAsync(runId, specification, cancellationToken))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<IReadOnlyList<RunFile>>, NotFound>> FilesAsync(
        string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(runId, cancellationToken) is { } status
            ? TypedResults.Ok(await runs.ListFilesAsync(status, cancellationToken))
            : TypedResults.NotFound();

    private static async Task<Results<FileStreamHttpResult, NotFound>> DownloadAsync(
        string runId, string name, RunOperations runs, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await runs.OpenFileAsync(runId, name, cancellationToken) is not { } content)
        {
            return TypedResults.NotFound();
        }

        // RFC 9530: who downloads can check what arrived.
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(content.Sha256))}:";
        return TypedResults.Stream(content.Stream, ContentTypeOf(name), ContentTypeOf(name) == "text/html" ? null : name);
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> LineageAsync(
        string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.ReadLineageAsync(runId, cancellationToken) is { } content
            ? TypedResults.Bytes(content, "application/x-ndjson")
            : TypedResults.NotFound();

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };
}
