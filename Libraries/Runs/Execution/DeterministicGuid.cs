using System.Security.Cryptography;
using System.Text;

namespace QatPipeline.Runs.Execution;

/// <summary>The same identifier for the same names: what is sent or written twice can be recognised.</summary>
public static class DeterministicGuid
{
    /// <summary>An RFC 9562 version 8 UUID made from the SHA-256 of the names.</summary>
    public static Guid Of(params ReadOnlySpan<string> names)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names!)));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
