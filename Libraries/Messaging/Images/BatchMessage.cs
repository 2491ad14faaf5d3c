using System.Buffers;
using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;

namespace QatPipeline.Messaging.Images;

/// <summary>
/// A <see cref="BatchPart"/> whose levels lie in a pooled buffer: the generated class takes a new array of megabytes for every message,
/// whose allocation costs more than the transport. Dispose returns the buffer.
/// </summary>
internal sealed class BatchMessage : IDisposable
{
    // Field 3, length-delimited: https://protobuf.dev/programming-guides/encoding/#structure
    private const byte LevelsTag = (3 << 3) | 2;

    private const int LargestVarintShift = 28;

    private readonly ReadOnlyMemory<byte> _content;
    private byte[]? _rented;

    private BatchMessage(BatchPart part) => (Header, _content) = (part.Header, part.Levels.Memory);

    private BatchMessage(ReadOnlySequence<byte> levels)
    {
        _rented = ArrayPool<byte>.Shared.Rent((int)levels.Length);
        levels.CopyTo(_rented);
        _content = _rented.AsMemory(0, (int)levels.Length);
    }

    /// <summary>Reads messages; nobody sends one with it.</summary>
    public static Marshaller<BatchMessage> Marshaller { get; } = Marshallers.Create<BatchMessage>(
        (_, _) => throw new NotSupportedException(), Read);

    /// <summary>The beginning of a batch, or null.</summary>
    public BatchHeader? Header { get; }

    /// <summary>The next levels, until disposed.</summary>
    public ReadOnlySpan<byte> Levels => _content.Span;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private static BatchMessage Read(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        return LevelsIn(payload) is { } levels ? new BatchMessage(levels) : new BatchMessage(BatchPart.Parser.ParseFrom(payload));
    }

    /// <summary>The levels of a message that has nothing else: tag, length as a varint, content.</summary>
    private static ReadOnlySequence<byte>? LevelsIn(ReadOnlySequence<byte> payload)
    {
        var reader = new SequenceReader<byte>(payload);
        if (!reader.TryRead(out var tag) || tag != LevelsTag)
        {
            return null;
        }

        var length = 0L;
        for (var shift = 0; shift <= LargestVarintShift && reader.TryRead(out var next); shift += 7)
        {
            length |= (next & 0x7FL) << shift;
            if (next < 0x80)
            {
                return reader.Remaining == length ? reader.UnreadSequence : null;
            }
        }

        return null;
    }
}
