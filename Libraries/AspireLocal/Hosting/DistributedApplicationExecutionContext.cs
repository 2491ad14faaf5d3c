namespace Aspire.Hosting;

/// <summary>What the AppHost was started for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>To run the application here.</summary>
    Run,

    /// <summary>To describe it for a deployment.</summary>
    Publish,
}

/// <summary>Whether the application runs or is published.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>The application is described for a deployment.</summary>
    public bool IsPublishMode => Operation is DistributedApplicationOperation.Publish;

    /// <summary>The application runs here.</summary>
    public bool IsRunMode => Operation is DistributedApplicationOperation.Run;
}
