using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using QatPipeline.Foundation;
using QatPipeline.Gateway.Runs;
using QatPipeline.Gateway.Web.Pages;
using QatPipeline.Messaging.Workers;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Web;

/// <summary>The web page: runs with their progress, one run, two runs compared, a form to submit one. All of it is rendered here.</summary>
internal static class RunPages
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapAssets();
        var pages = app.MapGroup("").ExcludeFromDescription().WithPageHeaders();
        pages.MapGet("/", ListAsync);
        pages.MapGet(
            "/live", (RunListChanges changes, StageWorkers workers, CancellationToken stop) =>
                TypedResults.ServerSentEvents(EventsAsync(changes, workers, stop)));
        pages.MapGet("/view/{runId}", ViewAsync);
        pages.MapPost("/view/{runId}/cancel", CancelAsync).RequireOwnForm();
        pages.MapGet("/compare", CompareAsync);
        pages.MapGet("/submit", EditAsync);
        pages.MapPost("/submit", SubmitAsync).RequireOwnForm();
    }

    /// <summary>Where the page of a run is.</summary>
    public static string AddressOf(string runId) => $"/view/{Uri.EscapeDataString(runId)}";

    private static async Task<IResult> ListAsync(bool? all, RunOperations runs, CancellationToken cancellationToken) =>
        new RazorComponentResult<RunsPage>(new { Runs = await runs.ListAsync(cancellationToken), All = all ?? false });

    private static async IAsyncEnumerable<SseItem<int>> EventsAsync(
        RunListChanges changes, StageWorkers workers, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var surroundings = () => string.Join(' ', workers.Missing.Select(row => row.Name));
        await foreach (var active in changes.WatchAsync(surroundings, cancellationToken))
        {
            yield return new SseItem<int>(active, "status");
        }
    }

    private static async Task<IResult> ViewAsync(string runId, RunDetailsReader runs, CancellationToken cancellationToken) =>
        await runs.ReadAsync(runId, cancellationToken) is { } run
            ? new RazorComponentResult<RunPage>(new { Run = run })
            : Unknown(runId);

    private static async Task<IResult> CancelAsync(string runId, RunOperations runs, CancellationToken cancellationToken) =>
        await runs.CancelAsync(runId, cancellationToken) is null ? Unknown(runId) : TypedResults.LocalRedirect(AddressOf(runId));

    private static async Task<IResult> CompareAsync(
        string[] run, RunOperations runs, RunDetailsReader reader, CancellationToken cancellationToken)
    {
        RunComparison? comparison = null;
        if (run is [var firstId, var secondId])
        {
            if (await reader.ReadAsync(firstId, cancellationToken) is not { } first)
            {
                return Unknown(firstId);
            }

            if (await reader.ReadAsync(secondId, cancellationToken) is not { } second)
            {
                return Unknown(secondId);
            }

            comparison = RunComparison.Of(first, second);
        }

        return new RazorComponentResult<ComparePage>(
            new { Runs = await runs.ListAsync(cancellationToken), Chosen = run, Comparison = comparison });
    }

    private static async Task<IResult> EditAsync(string? from, RunFolder folder, CancellationToken cancellationToken) =>
        from is not null && RunId.IsValid(from) && await folder.ReadSpecificationAsync(from, cancellationToken) is { } specification
            ? SubmitPage.Result(JsonSerializer.Serialize(specification, PipelineJson.Options))
            : SubmitPage.Result("");

    private static async Task<IResult> SubmitAsync(HttpRequest request, RunOperations runs, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        var text = form["specification"].ToString();
        if (form.Files["file"] is { Length: > 0 } file)
        {
            using var reader = new StreamReader(file.OpenReadStream(), Encoding.UTF8);
            text = await reader.ReadToEndAsync(cancellationToken);
        }

        try
        {
            var status = await runs.SubmitAsync(text, form["runId"], cancellationToken);
            return TypedResults.LocalRedirect(AddressOf(status.RunId));
        }
        catch (InputException exception)
        {
            return SubmitPage.Result(text, exception.Message, (exception as SpecificationException)?.Line);
        }
    }

    private static RazorComponentResult<MessagePage> Unknown(string runId) =>
        MessagePage.Result(StatusCodes.Status404NotFound, "No such run", $"There is no run '{runId}'.");
}
