using System.Net;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Section <c>Security</c>. Lists are separated by semicolons, as in <c>AllowedHosts</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Security";

    /// <summary>Header that carries the key.</summary>
    public const string ApiKeyHeader = "X-Api-Key";

    /// <summary>What every caller must send; without one every call but the probes is refused.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Origins besides the service's own whose pages may change something, such as <c>https://tools.example</c>.</summary>
    public string AllowedOrigins { get; set; } = "";

    /// <summary>Addresses and networks of the proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.</summary>
    public string KnownProxies { get; set; } = "";

    internal static string[] Split(string list) =>
        list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static bool AreProxies(SecurityOptions options) =>
        Split(options.KnownProxies).All(proxy => IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _));
}
