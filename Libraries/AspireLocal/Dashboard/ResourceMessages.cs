using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using QatPipeline.AspireLocal.Dashboard.Protocol;
using QatPipeline.AspireLocal.Running;
using CommandState = Aspire.Hosting.ApplicationModel.ResourceCommandState;
using HealthState = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using Message = QatPipeline.AspireLocal.Dashboard.Protocol.Resource;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>Describes resources in the dashboard's terms.</summary>
internal static class ResourceMessages
{
    public static Message Describe(
        ResourceInstance instance, ResourceStates states, IEnumerable<(ResourceCommandAnnotation Command, CommandState State)> commands)
    {
        var snapshot = instance.Snapshot;
        var message = new Message
        {
            Name = instance.Name,
            ResourceType = TypeOf(instance.Resource),
            DisplayName = instance.Resource.Name,
            Uid = instance.Name,
            State = snapshot.State,
            CreatedAt = snapshot.CreatedAt.ToTimestamp(),
            StartedAt = snapshot.StartedAt?.ToTimestamp(),
            StoppedAt = snapshot.StoppedAt?.ToTimestamp(),
        };
        if (StyleOf(snapshot) is { } style)
        {
            message.StateStyle = style;
        }

        message.Environment.AddRange(snapshot.Environment.Select(variable =>
            new EnvironmentVariable { Name = variable.Name, Value = variable.Value, IsFromSpec = true }));
        message.Urls.AddRange(instance.Resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.Allocated.IsCompletedSuccessfully)
            .Select(endpoint => Describe(endpoint, snapshot.IsRunning)));
        message.Properties.AddRange(PropertiesOf(instance));
        message.HealthReports.AddRange(snapshot.Health.Select(health => Describe(health.Key, health.Value)));
        message.Relationships.AddRange(instance.Resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Where(relationship => states.Of(relationship.Resource).Any())
            .Select(relationship => new ResourceRelationship { ResourceName = relationship.Resource.Name, Type = relationship.Type })
            .Distinct());
        message.Commands.AddRange(commands.Select(item => Describe(item.Command, item.State)));
        return message;
    }

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ContainerResource => "Container",
        ExecutableResource => "Executable",
        ParameterResource => "Parameter",
        _ => "ConnectionString",
    };

    private static string? StyleOf(ResourceSnapshot snapshot) => snapshot.State switch
    {
        KnownStates.Running when snapshot.IsReady => "success",
        KnownStates.FailedToStart or KnownStates.Exited => "error",
        _ => null,
    };

    private static Url Describe(EndpointAnnotation endpoint, bool isRunning) => new()
    {
        EndpointName = endpoint.Name,
        FullUrl = $"{endpoint.UriScheme}://localhost:{endpoint.Allocated.Result.Port}",
        IsInternal = endpoint.UriScheme is not ("http" or "https") || endpoint.Transport is "http2",
        IsInactive = !isRunning,
        DisplayProperties = new UrlDisplayProperties(),
    };

    private static IEnumerable<ResourceProperty> PropertiesOf(ResourceInstance instance)
    {
        var snapshot = instance.Snapshot;
        if (instance.Resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            yield return Property("project.path", Value.ForString(project.ProjectPath));
        }

        if (snapshot.ExecutablePath is { } executable)
        {
            yield return Property("executable.path", Value.ForString(executable));
            yield return Property("executable.workDir", Value.ForString(snapshot.WorkingDirectory));
            yield return Property("executable.args", Value.ForList([.. snapshot.Arguments.Select(Value.ForString)]));
        }

        if (snapshot.ProcessId is { } pid)
        {
            yield return Property("executable.pid", Value.ForString($"{pid}"));
        }

        if (snapshot.ExitCode is { } exitCode)
        {
            yield return Property("resource.exitCode", Value.ForNumber(exitCode));
        }

        if (instance.Resource.Annotations
            .OfType<ResourceRelationshipAnnotation>()
            .LastOrDefault(item => item.Type == "Parent") is { } parent)
        {
            yield return Property("resource.parentName", Value.ForString(parent.Resource.Name));
        }
    }

    private static ResourceProperty Property(string name, Value value) => new() { Name = name, Value = value };

    private static HealthReport Describe(string key, HealthResult? result)
    {
        var report = new HealthReport
        {
            Key = key,
            Description = result?.Description ?? string.Empty,
            Exception = result?.Exception ?? string.Empty,
        };
        if (result is not null)
        {
            report.LastRunAt = result.At.ToTimestamp();
            report.Status = result.Status switch
            {
                HealthState.Healthy => Protocol.HealthStatus.Healthy,
                HealthState.Degraded => Protocol.HealthStatus.Degraded,
                _ => Protocol.HealthStatus.Unhealthy,
            };
        }

        return report;
    }

    private static ResourceCommand Describe(ResourceCommandAnnotation command, CommandState state)
    {
        var message = new ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.Options.IsHighlighted,
            State = state switch
            {
                CommandState.Enabled => Protocol.ResourceCommandState.Enabled,
                CommandState.Disabled => Protocol.ResourceCommandState.Disabled,
                _ => Protocol.ResourceCommandState.Hidden,
            },
        };
        if (command.Options.IconName is { } icon)
        {
            message.IconName = icon;
        }

        if (command.Options.Description is { } description)
        {
            message.DisplayDescription = description;
        }

        if (command.Options.ConfirmationMessage is { } question)
        {
            message.ConfirmationMessage = question;
        }

        return message;
    }
}
