using System.Text;
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
    private readonly TrainingProcesses _processes;
    private readonly IReadOnlyDictionary<string, TrainingCallbacks> _trainings;
    private readonly string _logs;

    private RankedTraining(
        RankJob job, TrainingProcesses processes, IReadOnlyDictionary<string, TrainingCallbacks> trainings, string logs) =>
        (_job, _processes, _trainings, _logs) = (job, processes, trainings, logs);

    /// <summary>Trains to the end, from the store's checkpoint where there is one.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="stage">Which: it has a rank's side in <see cref="RankProgram"/>.</param>
    /// <param name="processes">How many ranks, and where.</param>
    /// <param name="trainings">What is called on the way of each of its trainings, by the name of the training's checkpoint in the store.</param>
    /// <param name="store">The stage's checkpoints.</param>
    /// <param name="cancellationToken">Ends the ranks.</param>
    /// <exception cref="RankException">MPI is missing, or a rank cannot work with what it was given.</exception>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public static async Task<TrainingResult> RunAsync(
        IStageContext context,
        IStage stage,
        TrainingProcesses processes,
        IReadOnlyDictionary<string, TrainingCallbacks> trainings,
        ITrainingStore store,
        CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in stage.Inputs(context.Specification))
        {
            files[input] = await context.OpenInputAsync(input, cancellationToken);
        }

        var logs = NewFolder(Path.Combine(UserFolders.Cache, "ranks", context.RunId));
        var baselines = trainings.Values.Select(training => training.Baseline).Where(double.IsFinite).Cast<double?>();
        var job = new RankJob(stage.Name, context.Specification, files, processes.Hosts.Count > 0, baselines.SingleOrDefault());
        using var training = new RankedTraining(job, processes, trainings, logs);
        return await training.RunAsync(store, cancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<TrainingResult> RunAsync(ITrainingStore store, CancellationToken cancellationToken)
    {
        using var door = _processes.Hosts.Count == 0
            ? RankDoor.In(_folder.FullName)
            : RankDoor.At(await RankHosts.ProbeAsync(_processes.Hosts, cancellationToken));
        using var launcher = RankLauncher.Start(_processes, door, _logs);
        using var spans = new RankSpans(_processes.Count);
        try
        {
            using var channel = await ConnectAsync(door, launcher, cancellationToken);
            var result = await ServeAsync(channel, store, spans, cancellationToken);

            // With the channel's end rank 0 would take the stage for lost.
            await EndAsync(launcher, cancellationToken);
            return result;
        }
        catch (RankChannelException)
        {
            var failure = await FailureAsync(door, launcher, cancellationToken);
            spans.Fail(failure.Message);
            throw failure;
        }
    }

    private static async Task<RankChannel> ConnectAsync(RankDoor door, RankLauncher launcher, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(door.Entered, launcher.WaitAsync(stop.Token)) == door.Entered)
        {
            return await door.Entered;
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new RankChannelException(new IOException("mpiexec ended before its ranks began."));
    }

    private async Task<TrainingResult> ServeAsync(
        RankChannel channel, ITrainingStore store, RankSpans spans, CancellationToken cancellationToken)
    {
        await channel.SendAsync(RankMessage.Job, JsonSerializer.SerializeToUtf8Bytes(_job, PipelineJson.Compact), cancellationToken);
        foreach (var input in _job.SentInputs)
        {
            await channel.SendAsync(
                RankMessage.Input, await File.ReadAllBytesAsync(_job.Inputs[input], cancellationToken), cancellationToken);
        }

        var callbacks = new TrainingCallbacks();
        while (true)
        {
            var (kind, content) = await channel.ReceiveAsync(cancellationToken);
            switch (kind)
            {
                case RankMessage.Open:
                    var opened = Encoding.UTF8.GetString(content);
                    callbacks = _trainings.GetValueOrDefault(opened) ?? callbacks;
                    await channel.SendAsync(RankMessage.Opened, await ReadAsync(store, opened, cancellationToken), cancellationToken);
                    break;
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
                    var (_, saved) = await channel.ReceiveAsync(cancellationToken);
                    await store.WriteAsync(Encoding.UTF8.GetString(content), stream => stream.Write(saved), cancellationToken);
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

    private static async Task<byte[]> ReadAsync(ITrainingStore store, string name, CancellationToken cancellationToken)
    {
        await using var saved = await store.OpenAsync(name, cancellationToken);
        var content = new MemoryStream();
        await (saved?.CopyToAsync(content, cancellationToken) ?? Task.CompletedTask);
        return content.ToArray();
    }

    // A rank that can say why it fails says so before it ends, and mpiexec ends the others.
    private async Task<Exception> FailureAsync(RankDoor door, RankLauncher launcher, CancellationToken cancellationToken)
    {
        await EndAsync(launcher, cancellationToken);
        return door.Errors.MinBy(error => error.Rank) switch
        {
            null => new RankLostException(
                $"One of the {_processes.Count} processes of the training, or mpiexec, was ended from outside; the same run goes on from the "
                + $"last checkpoint. The logs are in {_logs}."),
            { IsOfInput: true } error => new RankException($"Rank {error.Rank} of {_processes.Count}: {error.Message}"),
            var error => new RankLostException($"Rank {error.Rank} of {_processes.Count} failed: {error.Message} Its log is in {_logs}."),
        };
    }

    // Ranks that have said all there is to say may not come to an end: over TCP, MPICH's leave-taking can wait for ever, where one closes its
    // connections while the other waits for the launcher.
    private static async Task EndAsync(RankLauncher launcher, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(EndLimit);
        try
        {
            await launcher.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            launcher.End();
        }
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
