using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Json;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>Rank 0's way to its stage. When the stage is gone, so is the process, and mpiexec ends the others.</summary>
internal sealed class StageLink : IProgress<TrainingProgress>
{
    private readonly RankChannel _channel;
    private readonly Channel<(RankMessage Kind, byte[] Content)> _received = Channel.CreateUnbounded<(RankMessage, byte[])>();

    private StageLink(RankChannel channel)
    {
        _channel = channel;
        _ = Task.Run(ListenAsync);
    }

    public static async Task<StageLink> OpenAsync(string address)
    {
        var channel = await RankChannel.ConnectAsync(address, RankKey.FromEnvironment());
        await channel.SendAsync(RankMessage.Enter, default, default);
        return new StageLink(channel);
    }

    /// <summary>Tells the stage why this rank ends.</summary>
    /// <exception cref="RankChannelException">The stage is gone.</exception>
    public static async Task ReportAsync(string address, RankError error)
    {
        using var channel = await RankChannel.ConnectAsync(address, RankKey.FromEnvironment());
        await channel.SendAsync(RankMessage.Failed, JsonSerializer.SerializeToUtf8Bytes(error, PipelineJson.Compact), default);
        await channel.ReceiveAsync(default);
    }

    /// <summary>The job, as JSON.</summary>
    public Task<byte[]> JobAsync() => ExpectAsync(RankMessage.Job);

    /// <summary>The next input.</summary>
    public Task<byte[]> InputAsync() => ExpectAsync(RankMessage.Input);

    /// <summary>What the stage keeps by a name, which is from now on that of the training; empty for nothing.</summary>
    public async Task<byte[]> OpenAsync(string name, CancellationToken cancellationToken)
    {
        await _channel.SendAsync(RankMessage.Open, Encoding.UTF8.GetBytes(name), cancellationToken);
        return await ExpectAsync(RankMessage.Opened);
    }

    public void Report(TrainingProgress value) => _channel
        .SendAsync(RankMessage.Progress, JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Compact), default).GetAwaiter().GetResult();

    /// <summary>Tells what the ranks have done so far.</summary>
    public Task ReportAsync(IReadOnlyList<RankFigures> figures) => _channel.SendAsync(
        RankMessage.Figures, JsonSerializer.SerializeToUtf8Bytes(figures, PipelineJson.Compact), default);

    public async Task<double> EvaluateAsync(Graph graph)
    {
        await _channel.SendAsync(RankMessage.Evaluate, OnnxWriter.WriteBytes(graph), default);
        return BitConverter.ToDouble(await ExpectAsync(RankMessage.Score));
    }

    public async Task SaveAsync(string name, byte[] content)
    {
        await _channel.SendAsync(RankMessage.Save, Encoding.UTF8.GetBytes(name), default);
        await _channel.SendAsync(RankMessage.Content, content, default);
        await ExpectAsync(RankMessage.Saved);
    }

    public Task EndAsync(TrainingResult result) => _channel.SendAsync(
        RankMessage.Result,
        JsonSerializer.SerializeToUtf8Bytes(
            new RankResult(result.BestEpoch, result.Scores, OnnxWriter.WriteBytes(result.Graph)), PipelineJson.Compact),
        default);

    private async Task<byte[]> ExpectAsync(RankMessage kind)
    {
        var received = await _received.Reader.ReadAsync();
        return received.Kind == kind ? received.Content
            : throw new InvalidDataException($"The stage sent {received.Kind} where {kind} was expected.");
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                await _received.Writer.WriteAsync(await _channel.ReceiveAsync(default));
            }
        }
        catch (RankChannelException)
        {
            RankProgram.EndAtOnce();
        }
    }
}
