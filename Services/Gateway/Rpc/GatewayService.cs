using System.Text;
using Google.Protobuf;
using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Gateway.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Rpc;

/// <summary>Runs over gRPC: the same operations as <see cref="Api.RunsApi"/>.</summary>
internal sealed class GatewayService(RunOperations runs) : Contracts.V1.Grpc.Gateway.GatewayBase
{
    private const int ChunkBytes = 1 << 20;

    public override async Task<Run> Submit(SubmitRequest request, ServerCallContext context) =>
        (await runs.SubmitAsync(request.Specification, request.RunId, context.CancellationToken)).ToMessage();

    public override async Task<ListReply> List(ListRequest request, ServerCallContext context)
    {
        var reply = new ListReply();
        reply.Runs.AddRange((await runs.ListAsync(context.CancellationToken)).Select(RunMessages.ToMessage));
        return reply;
    }

    public override async Task<Run> Get(RunRequest request, ServerCallContext context) =>
        (await FindAsync(request.RunId, context)).ToMessage();

    public override async Task Watch(RunRequest request, IServerStreamWriter<Run> responseStream, ServerCallContext context)
    {
        await FindAsync(request.RunId, context);
        await foreach (var status in runs.WatchAsync(request.RunId, context.CancellationToken))
        {
            await responseStream.WriteAsync(status.ToMessage(), context.CancellationToken);
        }
    }

    public override async Task<Run> Cancel(RunRequest request, ServerCallContext context) =>
        (await runs.CancelAsync(request.RunId, context.CancellationToken) ?? throw Unknown(request.RunId)).ToMessage();

    public override async Task<ListFilesReply> ListFiles(RunRequest request, ServerCallContext context)
    {
        var reply = new ListFilesReply();
        var files = await runs.ListFilesAsync(await FindAsync(request.RunId, context), context.CancellationToken);
        reply.Files.AddRange(files.Select(
            file => new RunFile { Name = file.Name, Sha256 = file.Sha256 ?? "", Size = file.Size }));
        return reply;
    }

    public override async Task Download(
        DownloadRequest request, IServerStreamWriter<FileChunk> responseStream, ServerCallContext context)
    {
        await FindAsync(request.RunId, context);
        await using var content = await OpenAsync(request, context.CancellationToken);
        var buffer = new byte[ChunkBytes];
        for (int read; (read = await content.ReadAtLeastAsync(buffer, ChunkBytes, false, context.CancellationToken)) > 0;)
        {
            await responseStream.WriteAsync(
                new FileChunk { Content = ByteString.CopyFrom(buffer, 0, read) }, context.CancellationToken);
        }
    }

    public override async Task<LineageReply> Lineage(RunRequest request, ServerCallContext context)
    {
        await FindAsync(request.RunId, context);
        var content = await runs.ReadLineageAsync(request.RunId, context.CancellationToken) ?? [];
        return new LineageReply { Ndjson = Encoding.UTF8.GetString(content) };
    }

    private static RpcException Unknown(string runId) => new(new Status(StatusCode.NotFound, $"There is no run '{runId}'."));

    private async Task<RunStatus> FindAsync(string runId, ServerCallContext context) =>
        await runs.FindAsync(runId, context.CancellationToken) ?? throw Unknown(runId);

    private async Task<Stream> OpenAsync(DownloadRequest request, CancellationToken cancellationToken) =>
        BlobNames.IsFileName(request.Name) && await runs.OpenFileAsync(request.RunId, request.Name, cancellationToken) is { } content
            ? content.Stream
            : throw new RpcException(new Status(StatusCode.NotFound, $"The run '{request.RunId}' has no file '{request.Name}'."));
}
