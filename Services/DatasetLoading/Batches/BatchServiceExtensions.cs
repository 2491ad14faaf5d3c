namespace QatPipeline.DatasetLoading.Batches;

/// <summary>What the server needs for streams of images.</summary>
internal static class BatchServiceExtensions
{
    // Two messages: while one is on its way the next is written.
    private const int ResponseBuffer = 2 * BatchService.ChunkBytes;

    public static void AddBatchService(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxResponseBufferSize = ResponseBuffer);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = BatchService.LargestRequest);
    }
}
