using Grpc.Core;
using Grpc.Core.Interceptors;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Gateway.Faults;

/// <summary>Gives gRPC callers the same answers as <see cref="GatewayExceptionHandler"/> gives over HTTP.</summary>
internal sealed class FaultInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (StatusOf(exception) is not null)
        {
            throw new RpcException(StatusOf(exception)!.Value);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (StatusOf(exception) is not null)
        {
            throw new RpcException(StatusOf(exception)!.Value);
        }
    }

    private static Status? StatusOf(Exception exception) => exception switch
    {
        RpcException or OperationCanceledException => null,
        DamagedBlobException => new Status(StatusCode.DataLoss, exception.Message),
        _ when GatewayExceptionHandler.IsConflict(exception) => new Status(StatusCode.AlreadyExists, exception.Message),
        _ when GatewayExceptionHandler.IsCallersFault(exception) => new Status(StatusCode.InvalidArgument, exception.Message),
        _ when exception.IsTransient() => new Status(StatusCode.Unavailable, GatewayExceptionHandler.OutageOf(exception)),
        _ => null,
    };
}
