using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>Lets only the dashboard in: other users of the machine can reach loopback too.</summary>
internal sealed class ApiKeyInterceptor(DashboardOptions options) : Interceptor
{
    private const string Header = "x-resource-service-api-key";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        RequireKey(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        RequireKey(context);
        return continuation(request, responseStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        RequireKey(context);
        return continuation(requestStream, responseStream, context);
    }

    private void RequireKey(ServerCallContext context)
    {
        var given = context.RequestHeaders.GetValue(Header) ?? string.Empty;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(options.ResourceServiceKey)))
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, $"The header {Header} is missing or wrong."));
        }
    }
}
