using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Lets callers of this machine in, and others only with the API key.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    // Digests have one length: the comparison tells nothing about the key's.
    private readonly byte[]? _expected = string.IsNullOrEmpty(options.Value.ApiKey) ? null : DigestOf(options.Value.ApiKey);

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsLocal(context.Connection) || IsProbe(context.Request.Path) || HasKey(context.Request))
        {
            await next(context);
            return;
        }

        await Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            title: "API key required",
            detail: $"Callers from other machines must send the header {SecurityOptions.ApiKeyHeader} with the key that the service has "
                + "as Security__ApiKey.").ExecuteAsync(context);
    }

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // In-process servers have no address.
    private static bool IsLocal(ConnectionInfo connection) =>
        connection.RemoteIpAddress is null || IPAddress.IsLoopback(connection.RemoteIpAddress);

    private static bool IsProbe(PathString path) => path == DefaultEndpoints.Health || path == DefaultEndpoints.Alive;

    private bool HasKey(HttpRequest request) =>
        _expected is not null
        && request.Headers[SecurityOptions.ApiKeyHeader] is [{ } key]
        && CryptographicOperations.FixedTimeEquals(DigestOf(key), _expected);
}
