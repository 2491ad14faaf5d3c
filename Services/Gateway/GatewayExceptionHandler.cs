using Microsoft.AspNetCore.Diagnostics;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Execution;
using QatPipeline.Pipeline.Specification;

namespace QatPipeline.Gateway;

/// <summary>What the caller can correct becomes a problem that says how; the rest is the framework's to report.</summary>
internal sealed class GatewayExceptionHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        int? status = exception switch
        {
            SpecificationException or StageInputException or ArtifactException => StatusCodes.Status400BadRequest,
            BadHttpRequestException bad => bad.StatusCode,
            _ => null,
        };
        if (status is null)
        {
            return false;
        }

        await Results.Problem(statusCode: status, title: "The request cannot be used", detail: exception.Message)
            .ExecuteAsync(httpContext);
        return true;
    }
}
