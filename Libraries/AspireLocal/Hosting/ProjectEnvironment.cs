using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The environment variables that every project gets before those of the model.</summary>
internal static class ProjectEnvironment
{
    public static void AddTo(EnvironmentCallbackContext context, ProjectResource project)
    {
        var variables = context.EnvironmentVariables;
        // The SDK's retry is off by default; without it, what a service exports while the dashboard starts is lost.
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        var endpoints = project.GetEndpoints()
            .Where(endpoint => endpoint.EndpointAnnotation is { UriScheme: "http", TargetPortEnvironmentVariable: null })
            .ToList();
        if (context.ExecutionContext.IsRunMode)
        {
            variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
            Listen("ASPNETCORE_URLS", endpoint =>
            {
                var annotation = endpoint.EndpointAnnotation;
                return ReferenceExpression.Create(
                    $"{annotation.UriScheme}://{annotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");
            });
        }
        else
        {
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            Listen("HTTP_PORTS", endpoint => ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.TargetPort)}"));
        }

        void Listen(string variable, Func<EndpointReference, ReferenceExpression> describe)
        {
            if (endpoints.Count > 0)
            {
                variables[variable] = endpoints.Select(describe).Aggregate((left, right) => ReferenceExpression.Create($"{left};{right}"));
            }
        }
    }
}
