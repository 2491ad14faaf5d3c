namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds environment variables when the resource starts.</summary>
public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds the variables to the context.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>What an environment callback works on.</summary>
public sealed class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    Dictionary<string, object>? environmentVariables = null,
    CancellationToken cancellationToken = default)
{
    /// <summary>Names and values: texts, or objects with a value (<see cref="IValueProvider"/>).</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables ?? [];

    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>Ends the callback.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>Adds command line arguments when the resource starts.</summary>
public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds the arguments to the context.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>What an arguments callback works on.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    /// <summary>Texts, or objects with a value (<see cref="IValueProvider"/>).</summary>
    public IList<object> Args { get; } = args;

    /// <summary>Ends the callback.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>What a wait waits for.</summary>
public enum WaitType
{
    /// <summary>Until the resource runs and all of its health checks pass.</summary>
    WaitUntilHealthy,

    /// <summary>Until the resource has ended.</summary>
    WaitForCompletion,

    /// <summary>Until the resource runs.</summary>
    WaitUntilStarted,
}

/// <summary>Holds a resource's start back.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The resource that is waited for.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What is waited for.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>The number of processes that share a project's endpoints.</summary>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    /// <summary>At least 1.</summary>
    public int Replicas { get; } = replicas;
}

/// <summary>Names a registered health check that decides whether the resource is healthy.</summary>
public sealed class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The health check's name.</summary>
    public string Key { get; } = key;
}

/// <summary>A line between two resources in the dashboard.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary><c>Reference</c>, <c>WaitFor</c>, <c>Parent</c> or any other word.</summary>
    public string Type { get; } = type;
}

/// <summary>The image of a container.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>The image's name.</summary>
    public required string Image { get; set; }

    /// <summary>The image's tag; by default <c>latest</c>.</summary>
    public string? Tag { get; set; }
}

/// <summary>How a folder gets into a container.</summary>
public enum ContainerMountType
{
    /// <summary>A folder of the host.</summary>
    BindMount,

    /// <summary>A volume that the container engine keeps.</summary>
    Volume,
}

/// <summary>A folder in a container that outlives it.</summary>
public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    /// <summary>The volume's name or the host's folder.</summary>
    public string? Source { get; } = source;

    /// <summary>The folder in the container.</summary>
    public string Target { get; } = target;

    /// <summary>Folder or volume.</summary>
    public ContainerMountType Type { get; } = type;

    /// <summary>Whether the container may not write there.</summary>
    public bool IsReadOnly { get; } = isReadOnly;
}

/// <summary>Where a project's file is.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The full path of the project file.</summary>
    string ProjectPath { get; }
}

internal sealed class ProjectMetadata(string projectPath) : IProjectMetadata
{
    public string ProjectPath { get; } = projectPath;
}

/// <summary>Called when a resource has become ready.</summary>
internal sealed class ResourceReadyAnnotation(Func<ResourceReadyEvent, CancellationToken, Task> callback) : IResourceAnnotation
{
    public Func<ResourceReadyEvent, CancellationToken, Task> Callback { get; } = callback;
}

/// <summary>A resource runs and all of its health checks pass.</summary>
public sealed class ResourceReadyEvent(IResource resource, IServiceProvider services)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The AppHost's services.</summary>
    public IServiceProvider Services { get; } = services;
}
