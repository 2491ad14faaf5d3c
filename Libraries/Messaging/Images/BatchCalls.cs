using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;

namespace QatPipeline.Messaging.Images;

/// <summary>Calls <c>ReadBatches</c> of the service that has the images.</summary>
public sealed class BatchCalls(CallInvoker invoker)
{
    private static readonly Method<ReadBatchesRequest, BatchMessage> ReadBatches = new(
        MethodType.ServerStreaming,
        DatasetLoading.Descriptor.FullName,
        nameof(ReadBatches),
        Marshallers.Create(Google.Protobuf.MessageExtensions.ToByteArray, ReadBatchesRequest.Parser.ParseFrom),
        BatchMessage.Marshaller);

    internal AsyncServerStreamingCall<BatchMessage> Read(ReadBatchesRequest request, CancellationToken cancellationToken) =>
        invoker.AsyncServerStreamingCall(ReadBatches, null, new CallOptions(cancellationToken: cancellationToken), request);
}
