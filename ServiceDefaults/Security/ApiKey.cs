using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>The key that the services of one system share, and what a browser keeps in its place.</summary>
public sealed class ApiKey(IOptions<SecurityOptions> options)
{
    /// <summary>The cookie of a browser that has shown the key.</summary>
    public const string SessionCookie = "qat-session";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.ApiKey ?? "");

    /// <summary>Where the key is to be had.</summary>
    public string Whereabouts => _key.Length > 0
        ? "It is what the service was started with as Security__ApiKey; the AppHost keeps that of its system in gateway.token of its data "
            + "folder."
        : "The service has none and refuses every call: set Security__ApiKey.";

    /// <summary>
    /// The cookie's value: made from the key alone, so that every replica accepts it, and worth nothing once the key changes.
    /// </summary>
    public string Session => Base64Url.EncodeToString(HMACSHA256.HashData(_key, "session"u8));

    /// <summary>Whether the caller knows the key.</summary>
    public bool Is(string? sent) => IsSame(sent, _key);

    /// <summary>Whether the cookie's value is one of this key.</summary>
    public bool IsSession(string? sent) => IsSame(sent, Encoding.UTF8.GetBytes(Session));

    // Digests have one length: the comparison tells nothing about the key's.
    private bool IsSame(string? sent, byte[] expected) =>
        _key.Length > 0
        && sent is not null
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(expected));
}
