namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Section <c>Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Security";

    /// <summary>Header that carries the key.</summary>
    public const string ApiKeyHeader = "X-Api-Key";

    /// <summary>What callers from other machines must send; without one they are all refused.</summary>
    public string? ApiKey { get; set; }
}
