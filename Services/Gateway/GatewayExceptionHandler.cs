using Microsoft.AspNetCore.Diagnostics;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Execution;
using QatPipeline.Pipeline.Specification;
using QatPipeline.ServiceDefaults.Messaging;

namespace QatPipeline.Gateway;

/// <summary>
/// What the caller can correct becomes a problem that says how, and an outage one that says to come back; the rest is the framework's to
/// report.
/// </summary>
internal sealed class GatewayExceptionHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        IResult? problem = exception switch
        {
            BadHttpRequestException bad => NotUsable(bad.StatusCode, bad.Message),
            _ when IsCallersFault(exception) => NotUsable(StatusCodes.Status400BadRequest, exception.Message),
            _ when exception.IsTransient() => Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "Broker or storage do not answer", detail: OutageOf(exception)),
            _ => null,
        };
        if (problem is null)
        {
            return false;
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    internal static bool IsCallersFault(Exception exception) =>
        exception is SpecificationException or StageInputException or ArtifactException;

    internal static string OutageOf(Exception exception) =>
        $"{StageFault.Of(exception).Message.Split('\n')[0].Trim()} Runs under way go on by themselves; repeat the request later.";

    private static IResult NotUsable(int status, string message) =>
        Results.Problem(statusCode: status, title: "The request cannot be used", detail: message);
}
