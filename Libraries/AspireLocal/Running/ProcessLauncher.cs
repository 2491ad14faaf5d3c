using System.Collections.Immutable;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using QatPipeline.AspireLocal.Dashboard;
using QatPipeline.AspireLocal.Dcp;

namespace QatPipeline.AspireLocal.Running;

/// <summary>Turns a resource into an object of the orchestrator, which is to start it.</summary>
internal sealed class ProcessLauncher(
    DcpClient client, DashboardOptions dashboard, ProjectOutputs projects, DistributedApplicationExecutionContext execution)
{
    /// <summary>Resolves a resource's configuration, hands it to the orchestrator and tells what was handed over.</summary>
    public async Task<ResourceSnapshot> LaunchAsync(
        ResourceInstance instance, ResourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        var arguments = new List<string>();
        foreach (var argument in await ResourceConfiguration.ArgumentsAsync(instance.Resource, cancellationToken))
        {
            arguments.Add(await ResourceConfiguration.ResolveAsync(argument, cancellationToken));
        }

        var environment = await EnvironmentAsync(instance, cancellationToken);
        var variables = environment.Select(variable => new DcpVariable(variable.Key, variable.Value)).ToList();
        var next = snapshot with { Environment = [.. environment.Select(variable => (variable.Key, variable.Value))] };
        var metadata = new DcpMetadata(instance.ObjectName, Producers(instance.Resource));

        if (instance.Resource is ContainerResource container)
        {
            await client.CreateAsync(
                instance.ObjectKind!,
                new DcpObject<DcpContainerSpec, DcpRunStatus>
                {
                    Kind = "Container",
                    Metadata = metadata,
                    Spec = Container(container, arguments, variables),
                },
                cancellationToken);
            return next with { Arguments = [.. arguments] };
        }

        var (executable, first, folder) = Program(instance.Resource);
        ImmutableArray<string> all = [.. first, .. arguments];
        var spec = new DcpExecutableSpec { ExecutablePath = executable, WorkingDirectory = folder, Args = all, Env = variables };
        await client.CreateAsync(
            instance.ObjectKind!,
            new DcpObject<DcpExecutableSpec, DcpRunStatus> { Kind = "Executable", Metadata = metadata, Spec = spec },
            cancellationToken);
        return next with { ExecutablePath = executable, WorkingDirectory = folder, Arguments = all };
    }

    private (string Executable, IReadOnlyList<string> Arguments, string Folder) Program(IResource resource)
    {
        if (resource is ExecutableResource executable)
        {
            return (executable.Command, [], executable.WorkingDirectory);
        }

        var path = resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        if (!File.Exists(path))
        {
            throw new DistributedApplicationException($"There is no project {path}.");
        }

        var (dotnet, arguments) = projects.Start(path);
        return (dotnet, arguments, Path.GetDirectoryName(path)!);
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>();
        if (instance.Resource is ProjectResource)
        {
            environment["OTEL_SERVICE_NAME"] = instance.Resource.Name;
            environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.Suffix}";
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpEndpoint;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.OtlpKey}";
            // Every trace, and at most a second old: somebody is looking at the dashboard.
            environment["OTEL_TRACES_SAMPLER"] = "always_on";
            environment["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            environment["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        }

        foreach (var (name, value) in await ResourceConfiguration.EnvironmentAsync(instance.Resource, execution, cancellationToken))
        {
            environment[name] = await ResourceConfiguration.ResolveAsync(value, cancellationToken);
        }

        return environment;
    }

    /// <summary>Says which of the orchestrator's services the process serves, and on which port where that is fixed.</summary>
    private static Dictionary<string, string>? Producers(IResource resource)
    {
        var producers = resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.IsProxied)
            .Select(endpoint => new DcpServiceProducer(
                EndpointAllocator.ServiceName(resource, endpoint), endpoint.TargetHost, endpoint.TargetPort))
            .ToList();
        return producers.Count == 0 ? null : new()
        {
            [DcpJson.ServiceProducer] = JsonSerializer.Serialize(producers, DcpJson.Options),
        };
    }

    private static DcpContainerSpec Container(
        ContainerResource container, IReadOnlyList<string> arguments, IReadOnlyList<DcpVariable> variables)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().Last();
        return new DcpContainerSpec
        {
            Image = $"{image.Image}:{image.Tag ?? "latest"}",
            Args = arguments,
            Env = variables,
            Ports =
            [
                .. container.Annotations.OfType<EndpointAnnotation>().Select(endpoint => new DcpContainerPort(
                    endpoint.TargetPort ?? throw new DistributedApplicationException(
                        $"The endpoint '{endpoint.Name}' of the container '{container.Name}' "
                        + "needs the port that the container listens on."),
                    endpoint.IsProxied ? null : endpoint.Port)),
            ],
            VolumeMounts =
            [
                .. container.Annotations.OfType<ContainerMountAnnotation>().Select(mount => new DcpVolumeMount(
                    mount.Type is ContainerMountType.BindMount ? "bind" : "volume", mount.Source, mount.Target, mount.IsReadOnly)),
            ],
        };
    }
}
