using System.Buffers.Binary;
using System.Net.Sockets;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What rank 0 and its stage tell each other.</summary>
internal enum RankMessage : byte
{
    /// <summary>To the rank, first of all: the checkpoint to resume from; empty for none.</summary>
    Resume,

    /// <summary>To the stage: a step is done (JSON).</summary>
    Progress,

    /// <summary>To the stage: what the ranks have done, by rank (JSON).</summary>
    Figures,

    /// <summary>To the stage: score this graph (ONNX).</summary>
    Evaluate,

    /// <summary>To the rank: its score (double).</summary>
    Score,

    /// <summary>To the stage: keep this checkpoint.</summary>
    Save,

    /// <summary>To the rank: it is kept.</summary>
    Saved,

    /// <summary>To the stage, last of all: a <see cref="RankResult"/> (JSON).</summary>
    Result,
}

/// <summary>The other end of a channel is gone.</summary>
internal sealed class RankChannelException(IOException reason) : Exception(reason.Message, reason);

/// <summary>Messages over a socket of this machine: kind (1 byte), length (int32, little endian), content.</summary>
internal sealed class RankChannel(Socket socket) : IDisposable
{
    private const int HeaderLength = 5;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

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
