using Microsoft.AspNetCore.Diagnostics;
using QatPipeline.Foundation;
using QatPipeline.Gateway.Web.Pages;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Gateway.Faults;

/// <summary>
/// What the caller can correct becomes a problem that says how, and an outage one that says to come back; the rest is the framework's to
/// report.
/// </summary>
internal sealed class GatewayExceptionHandler : IExceptionHandler
{
    private const string NotUsable = "The request cannot be used";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        (int Status, string Title, string Detail)? problem = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, NotUsable, bad.Message),
            DamagedBlobException => (StatusCodes.Status500InternalServerError, "The storage is damaged", exception.Message),
            _ when IsConflict(exception) => (StatusCodes.Status409Conflict, "The run id is taken", exception.Message),
            _ when IsCallersFault(exception) => (StatusCodes.Status400BadRequest, NotUsable, exception.Message),
            _ when exception.IsTransient() =>
                (StatusCodes.Status503ServiceUnavailable, "The broker or the storage does not answer", OutageOf(exception)),
            _ => null,
        };
        if (problem is not var (status, title, detail))
        {
            return false;
        }

        IResult answer = httpContext.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html")
            ? MessagePage.Result(status, title, detail)
            : Results.Problem(statusCode: status, title: title, detail: detail);
        await answer.ExecuteAsync(httpContext);
        return true;
    }

    internal static bool IsCallersFault(Exception exception) => exception is InputException;

    internal static bool IsConflict(Exception exception) => exception is EventRefusedException { InnerException: RunConflictException };

    internal static string OutageOf(Exception exception) =>
        $"{StageFault.Of(exception).Message.Split('\n')[0].Trim()} Runs under way go on by themselves; repeat the request later.";
}
