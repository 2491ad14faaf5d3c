using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What rank 0 and its stage tell each other.</summary>
internal enum RankMessage : byte
{
    /// <summary>To the stage, first of all: here is rank 0.</summary>
    Enter,

    /// <summary>To the stage, by any rank in place of <see cref="Enter"/>: a <see cref="RankError"/> (JSON), before it ends.</summary>
    Failed,

    /// <summary>To that rank: it may end.</summary>
    Heard,

    /// <summary>To the rank: the <see cref="RankJob"/> (JSON).</summary>
    Job,

    /// <summary>To the rank, after the job where it says so: the content of an input, in the order of their names.</summary>
    Input,

    /// <summary>
    /// To the stage: give what is kept by this name (UTF-8). What is told after it, until the next, is of the training that keeps it.
    /// </summary>
    Open,

    /// <summary>To the rank: it; empty for nothing.</summary>
    Opened,

    /// <summary>To the stage: a step is done (JSON).</summary>
    Progress,

    /// <summary>To the stage: what the ranks have done, by rank (JSON).</summary>
    Figures,

    /// <summary>To the stage: score this graph (ONNX).</summary>
    Evaluate,

    /// <summary>To the rank: its score (double).</summary>
    Score,

    /// <summary>To the stage: keep, by this name (UTF-8), the content of the next message.</summary>
    Save,

    /// <summary>To the stage: that content.</summary>
    Content,

    /// <summary>To the rank: it is kept.</summary>
    Saved,

    /// <summary>To the stage, last of all: a <see cref="RankResult"/> (JSON).</summary>
    Result,
}

/// <summary>The other end of a channel is gone.</summary>
internal sealed class RankChannelException(IOException reason) : Exception(reason.Message, reason);

/// <summary>Messages over a socket: kind (1 byte), length (int32, little endian), content.</summary>
internal sealed class RankChannel(Socket socket) : IDisposable
{
    private const int HeaderLength = 5;

    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    /// <summary>A rank's way to its stage, which has proved to be that.</summary>
    /// <param name="address">Of its <see cref="RankDoor"/>: a file, or address and port.</param>
    /// <param name="key">The training's.</param>
    /// <exception cref="RankChannelException">It is not there.</exception>
    public static async Task<RankChannel> ConnectAsync(string address, RankKey key)
    {
        EndPoint endPoint = IPEndPoint.TryParse(address, out var port) ? port : new UnixDomainSocketEndPoint(address);
        using var limit = new CancellationTokenSource(ConnectionLimit);
        var socket = SocketFor(endPoint);
        var channel = default(RankChannel);
        try
        {
            await socket.ConnectAsync(endPoint, limit.Token);
            channel = new RankChannel(socket);
            return await key.EnterAsync(channel._stream, limit.Token) ? channel
                : throw new IOException("another program answers there.");
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            channel?.Dispose();
            socket.Dispose();
            throw new RankChannelException(new IOException($"The stage of this training cannot be reached at {address}: {error.Message}"));
        }
    }

    public static Socket SocketFor(EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint)
        {
            return new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        }

        // A host that is switched off sends nothing, not even that it is gone.
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return socket;
    }

    /// <summary>Whether a rank of this training is at the other end.</summary>
    /// <exception cref="RankChannelException">The other end is gone.</exception>
    public async Task<bool> AdmitAsync(RankKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await key.AdmitAsync(_stream, cancellationToken);
        }
        catch (IOException error)
        {
            throw new RankChannelException(error);
        }
    }

    /// <exception cref="RankChannelException">The other end is gone.</exception>
    public async Task SendAsync(RankMessage kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1), content.Length);
        try
        {
            await _stream.WriteAsync(header, cancellationToken);
            await _stream.WriteAsync(content, cancellationToken);
        }
        catch (IOException error)
        {
            throw new RankChannelException(error);
        }
    }

    /// <summary>The next message.</summary>
    /// <exception cref="RankChannelException">The other end is gone.</exception>
    public async Task<(RankMessage Kind, byte[] Content)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var header = new byte[HeaderLength];
            await _stream.ReadExactlyAsync(header, cancellationToken);
            var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1))];
            await _stream.ReadExactlyAsync(content, cancellationToken);
            return ((RankMessage)header[0], content);
        }
        catch (IOException error)
        {
            throw new RankChannelException(error);
        }
    }

    public void Dispose() => _stream.Dispose();
}
