using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Publishing;

/// <summary>
/// Writes the model as an Aspire manifest: https://aspire.dev/deployment/manifest-format. The text equals what Aspire.Hosting writes for
/// the same model.
/// </summary>
/// <param name="resources">The model.</param>
/// <param name="execution">Always a publishing one.</param>
/// <param name="folder">The manifest's folder; paths in it start there.</param>
internal sealed class ManifestWriter(ApplicationResources resources, DistributedApplicationExecutionContext execution, string folder)
{
    // Relaxed, as braces and slashes are meant to be read. The file is never embedded in a page.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ManifestPorts _ports = new();

    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json.schemastore.org/aspire-8.0.json");
            writer.WriteStartObject("resources");
            foreach (var resource in resources.All)
            {
                writer.WriteStartObject(resource.Name);
                await WriteAsync(writer, resource, cancellationToken);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private async Task WriteAsync(Utf8JsonWriter writer, IResource resource, CancellationToken cancellationToken)
    {
        switch (resource)
        {
            case ProjectResource:
                writer.WriteString("type", "project.v0");
                writer.WriteString("path", RelativePath(resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
                break;
            case ContainerResource:
                writer.WriteString("type", "container.v0");
                var image = resource.Annotations.OfType<ContainerImageAnnotation>().Last();
                writer.WriteString("image", $"{image.Image}:{image.Tag ?? "latest"}");
                break;
            case ExecutableResource executable:
                writer.WriteString("type", "executable.v0");
                writer.WriteString("workingDirectory", RelativePath(executable.WorkingDirectory));
                writer.WriteString("command", executable.Command);
                break;
            case ParameterResource parameter:
                WriteParameter(writer, parameter);
                return;
            case IResourceWithConnectionString connection:
                writer.WriteString("type", "value.v0");
                writer.WriteString("connectionString", connection.ConnectionStringExpression.ValueExpression);
                return;
            default:
                throw new DistributedApplicationException(
                    $"A resource of type {resource.GetType().Name} ('{resource.Name}') has no form in a manifest.");
        }

        await WriteArgumentsAsync(writer, resource, cancellationToken);
        WriteVolumes(writer, resource);
        await WriteEnvironmentAsync(writer, resource, cancellationToken);
        WriteBindings(writer, resource);
    }

    private static void WriteParameter(Utf8JsonWriter writer, ParameterResource parameter)
    {
        writer.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            writer.WriteString("connectionString", parameter.ValueExpression);
        }

        writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        writer.WriteStartObject("inputs");
        writer.WriteStartObject("value");
        writer.WriteString("type", "string");
        if (parameter.Secret)
        {
            writer.WriteBoolean("secret", true);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static async Task WriteArgumentsAsync(Utf8JsonWriter writer, IResource resource, CancellationToken cancellationToken)
    {
        var arguments = await ResourceConfiguration.ArgumentsAsync(resource, cancellationToken);
        if (arguments.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("args");
        foreach (var argument in arguments)
        {
            writer.WriteStringValue(Expression(argument));
        }

        writer.WriteEndArray();
    }

    private static void WriteVolumes(Utf8JsonWriter writer, IResource resource)
    {
        var volumes = resource.Annotations
            .OfType<ContainerMountAnnotation>()
            .Where(mount => mount.Type is ContainerMountType.Volume)
            .ToList();
        if (volumes.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("volumes");
        foreach (var volume in volumes)
        {
            writer.WriteStartObject();
            if (volume.Source is not null)
            {
                writer.WriteString("name", volume.Source);
            }

            writer.WriteString("target", volume.Target);
            writer.WriteBoolean("readOnly", volume.IsReadOnly);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private async Task WriteEnvironmentAsync(Utf8JsonWriter writer, IResource resource, CancellationToken cancellationToken)
    {
        var variables = await ResourceConfiguration.EnvironmentAsync(resource, execution, cancellationToken);
        if (variables.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            writer.WriteString(name, Expression(value));
        }

        writer.WriteEndObject();
    }

    private void WriteBindings(Utf8JsonWriter writer, IResource resource)
    {
        var bindings = _ports.Of(resource);
        if (bindings.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("bindings");
        foreach (var (endpoint, port, targetPort) in bindings)
        {
            writer.WriteStartObject(endpoint.Name);
            writer.WriteString("scheme", endpoint.UriScheme);
            writer.WriteString("protocol", "tcp");
            writer.WriteString("transport", endpoint.Transport);
            if (port is { } exposed && exposed != targetPort)
            {
                writer.WriteNumber("port", exposed);
            }

            if (targetPort is { } target)
            {
                writer.WriteNumber("targetPort", target);
            }

            if (endpoint.IsExternal)
            {
                writer.WriteBoolean("external", true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string Expression(object value) =>
        value is IManifestExpressionProvider provider ? provider.ValueExpression : value.ToString() ?? string.Empty;

    private string RelativePath(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
