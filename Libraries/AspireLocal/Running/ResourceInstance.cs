using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace QatPipeline.AspireLocal.Running;

/// <summary>One process (or container, or value) of a resource; a resource with replicas has several.</summary>
internal sealed class ResourceInstance(IResource resource, DateTimeOffset createdAt)
{
    private const int SuffixLength = 8;

    public IResource Resource { get; } = resource;

    /// <summary>
    /// Ties the process's telemetry to the resource: it is the service's instance id, and the dashboard looks for it at the end of the
    /// name.
    /// </summary>
    public string Suffix { get; } = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", SuffixLength);

    /// <summary>The name in the dashboard.</summary>
    public string Name => $"{Resource.Name}-{Suffix}";

    /// <summary>One start or stop at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>
    /// How often it was started. An object of the orchestrator cannot be started twice, so each start has a name of its own.
    /// </summary>
    public int Starts { get; set; }

    /// <summary>The orchestrator's object of the last start.</summary>
    public string ObjectName => $"{Name}-{Starts}";

    /// <summary>The orchestrator's kind of object; null for values, which have no process.</summary>
    public string? ObjectKind => Resource switch
    {
        ProjectResource or ExecutableResource => "executables",
        ContainerResource => "containers",
        _ => null,
    };

    public ResourceSnapshot Snapshot { get; set; } = new() { CreatedAt = createdAt };
}

/// <summary>The model, as a type of its own for the services' container.</summary>
internal sealed record ApplicationResources(IReadOnlyList<IResource> All);
