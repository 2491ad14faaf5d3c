using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using QatPipeline.Runs.Json;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>Where the ranks of a training find their stage: a socket of this machine, or a port where some are on other hosts.</summary>
internal sealed class RankDoor : IDisposable
{
    private static readonly TimeSpan AdmissionLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly TaskCompletionSource<RankChannel> _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<RankError> _errors = new();

    private RankDoor(EndPoint endPoint)
    {
        _socket = RankChannel.SocketFor(endPoint);
        _socket.Bind(endPoint);
        _socket.Listen();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>What <see cref="RankChannel.ConnectAsync"/> takes.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    public RankKey Key { get; } = RankKey.Create();

    /// <summary>Rank 0, once it is there.</summary>
    public Task<RankChannel> Entered => _entered.Task;

    /// <summary>What ranks have said before they ended.</summary>
    public IReadOnlyCollection<RankError> Errors => _errors;

    /// <summary>For ranks of this machine.</summary>
    /// <param name="folder">Of this user only.</param>
    public static RankDoor In(string folder) => new(new UnixDomainSocketEndPoint(PathIn(folder)));

    /// <summary>The file of the socket for ranks of this machine.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "stage");

    /// <summary>For ranks of any machine.</summary>
    /// <param name="address">Of this machine, as they reach it.</param>
    public static RankDoor At(IPAddress address) => new(new IPEndPoint(address, 0));

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AdmitAsync(new RankChannel(await _socket.AcceptAsync()));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The training is over.
        }
    }

    // Whoever has not the key, or says nothing, is left standing.
    private async Task AdmitAsync(RankChannel channel)
    {
        using var limit = new CancellationTokenSource(AdmissionLimit);
        try
        {
            if (await channel.AdmitAsync(Key, limit.Token))
            {
                var (kind, content) = await channel.ReceiveAsync(limit.Token);
                if (kind == RankMessage.Enter && _entered.TrySetResult(channel))
                {
                    return;
                }

                _errors.Enqueue(JsonSerializer.Deserialize<RankError>(content, PipelineJson.Compact)!);
                await channel.SendAsync(RankMessage.Heard, default, limit.Token);
            }
        }
        catch (Exception error) when (error is RankChannelException or OperationCanceledException or JsonException)
        {
            // It was no rank, or is gone.
        }

        channel.Dispose();
    }
}
