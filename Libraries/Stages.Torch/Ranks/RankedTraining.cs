using System.Net.Sockets;
using System.Text.Json;
using QatPipeline.Foundation;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Json;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>
/// The stage's side of a training by several ranks: it starts them, evaluates what they have trained, keeps their checkpoints, and ends
/// with them. Without it they end, too.
/// </summary>
internal sealed class RankedTraining : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(RankJob.FolderPrefix);
    private readonly RankJob _job;
    private readonly int _ranks;
    private readonly string _logs;

    private RankedTraining(RankJob job, string logs) => (_job, _ranks, _logs) = (job, job.Specification.Qat!.Processes, logs);

    /// <summary>Trains to the end, from the store's checkpoint where there is one.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="inputs">The stage's inputs.</param>
    /// <param name="checkpoint">The name of the training's checkpoint in the store.</param>
    /// <param name="callbacks">What is called on its way; checkpoints go to the store.</param>
    /// <param name="store">The stage's checkpoints.</param>
    /// <param name="cancellationToken">Ends the ranks.</param>
    /// <exception cref="RankException">MPI is missing, or a rank cannot work with what it was given.</exception>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public static async Task<TrainingResult> RunAsync(
        IStageContext context,
        IReadOnlyList<string> inputs,
        string checkpoint,
        TrainingCallbacks callbacks,
        ITrainingStore store,
        CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            files[input] = await context.OpenInputAsync(input, cancellationToken);
        }

        var logs = NewFolder(Path.Combine(UserFolders.Cache, "ranks", context.RunId));
        using var training = new RankedTraining(new RankJob(context.Specification, files, checkpoint, callbacks.Baseline), logs);
        return await training.RunAsync(callbacks, store, cancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<TrainingResult> RunAsync(TrainingCallbacks callbacks, ITrainingStore store, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(
            RankJob.FileIn(_folder.FullName), JsonSerializer.SerializeToUtf8Bytes(_job, PipelineJson.Compact), cancellationToken);
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        door.Bind(new UnixDomainSocketEndPoint(RankJob.SocketIn(_folder.FullName)));
        door.Listen(1);
        using var launcher = RankLauncher.Start(_ranks, _folder.FullName, _logs);
        using var spans = new RankSpans(_ranks);
        try
        {
            using var channel = await ConnectAsync(door, launcher, cancellationToken);
            var result = await ServeAsync(channel, callbacks, store, spans, cancellationToken);

            // With the channel's end rank 0 would take the stage for lost.
            await launcher.WaitAsync(cancellationToken);
            return result;
        }
        catch (RankChannelException)
        {
            var failure = await FailureAsync(launcher, cancellationToken);
            spans.Fail(failure.Message);
            throw failure;
        }
    }

    private static async Task<RankChannel> ConnectAsync(Socket door, RankLauncher launcher, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepted = door.AcceptAsync(stop.Token).AsTask();
        if (await Task.WhenAny(accepted, launcher.WaitAsync(stop.Token)) == accepted)
        {
            return new RankChannel(await accepted);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new RankChannelException(new IOException("mpiexec ended before its ranks began."));
    }

    private async Task<TrainingResult> ServeAsync(
        RankChannel channel, TrainingCallbacks callbacks, ITrainingStore store, RankSpans spans, CancellationToken cancellationToken)
    {
        await channel.SendAsync(RankMessage.Resume, await ReadAsync(store, cancellationToken), cancellationToken);
        while (true)
        {
            var (kind, content) = await channel.ReceiveAsync(cancellationToken);
            switch (kind)
            {
                case RankMessage.Progress:
                    callbacks.Progress?.Report(JsonSerializer.Deserialize<TrainingProgress>(content, PipelineJson.Compact)!);
                    break;
                case RankMessage.Figures:
                    spans.Note(JsonSerializer.Deserialize<RankFigures[]>(content, PipelineJson.Compact)!);
                    break;
                case RankMessage.Evaluate:
                    var score = await callbacks.Evaluate!(Read(content), cancellationToken);
                    await channel.SendAsync(RankMessage.Score, BitConverter.GetBytes(score), cancellationToken);
                    break;
                case RankMessage.Save:
                    await store.WriteAsync(_job.Checkpoint, stream => stream.Write(content), cancellationToken);
                    await channel.SendAsync(RankMessage.Saved, default, cancellationToken);
                    break;
                case RankMessage.Result:
                    var result = JsonSerializer.Deserialize<RankResult>(content, PipelineJson.Compact)!;
                    return new TrainingResult(Read(result.Graph), result.BestEpoch, result.Scores);
                default:
                    throw new InvalidDataException($"Rank 0 sent {kind}, which is not for the stage.");
            }
        }
    }

    private async Task<byte[]> ReadAsync(ITrainingStore store, CancellationToken cancellationToken)
    {
        await using var saved = await store.OpenAsync(_job.Checkpoint, cancellationToken);
        var content = new MemoryStream();
        await (saved?.CopyToAsync(content, cancellationToken) ?? Task.CompletedTask);
        return content.ToArray();
    }

    // A rank that can say why it fails says so before it ends, and mpiexec ends the others.
    private async Task<Exception> FailureAsync(RankLauncher launcher, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(EndLimit);
        try
        {
            await launcher.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            launcher.Dispose();
        }

        foreach (var rank in Enumerable.Range(0, _ranks).Where(rank => File.Exists(RankJob.ErrorIn(_folder.FullName, rank))))
        {
            var error = JsonSerializer.Deserialize<RankError>(
                await File.ReadAllBytesAsync(RankJob.ErrorIn(_folder.FullName, rank), cancellationToken), PipelineJson.Compact)!;
            return error.IsOfInput
                ? new RankException($"Rank {rank} of {_ranks}: {error.Message}")
                : new RankLostException($"Rank {rank} of {_ranks} failed: {error.Message} Its log is in {_logs}.");
        }

        return new RankLostException(
            $"One of the {_ranks} processes of the training, or mpiexec, was ended from outside; the same run goes on from the last checkpoint. "
            + $"The logs are in {_logs}.");
    }

    // A stage that begins again keeps the logs of its earlier attempts.
    private static string NewFolder(string parent)
    {
        var attempt = 1;
        while (Directory.Exists(Path.Combine(parent, $"{attempt}")))
        {
            attempt++;
        }

        return Directory.CreateDirectory(Path.Combine(parent, $"{attempt}")).FullName;
    }

    private static Graph Read(byte[] onnx)
    {
        using var stream = new MemoryStream(onnx);
        return OnnxReader.Read(stream, "graph in training");
    }
}
