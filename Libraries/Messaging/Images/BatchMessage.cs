using System.Buffers;
using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;

namespace QatPipeline.Messaging.Images;

/// <summary>
/// A <see cref="BatchPart"/> whose pixels lie in a pooled buffer: the generated class takes a new array of megabytes for every message,
/// whose allocation costs more than the transport. Dispose returns the buffer.
/// </summary>
internal sealed class BatchMessage : IDisposable
{
    // Field 2, length-delimited: https://protobuf.dev/programming-guides/encoding/#structure
    private const byte PixelsTag = (2 << 3) | 2;

    private const int LargestVarintShift = 28;

    private readonly ReadOnlyMemory<byte> _content;
    private byte[]? _rented;

    private BatchMessage(BatchPart part) => (Header, _content) = (part.Header, part.Pixels.Memory);

    private BatchMessage(ReadOnlySequence<byte> pixels)
    {
        _rented = ArrayPool<byte>.Shared.Rent((int)pixels.Length);
        pixels.CopyTo(_rented);
        _content = _rented.AsMemory(0, (int)pixels.Length);
    }

    /// <summary>Reads messages; nobody sends one with it.</summary>
    public static Marshaller<BatchMessage> Marshaller { get; } = Marshallers.Create<BatchMessage>(
        (_, _) => throw new NotSupportedException(), Read);

    /// <summary>The beginning of a batch, or null.</summary>
    public BatchHeader? Header { get; }

    /// <summary>The next bytes of pixels, until disposed.</summary>
    public ReadOnlySpan<byte> Pixels => _content.Span;

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
        return PixelsIn(payload) is { } pixels ? new BatchMessage(pixels) : new BatchMessage(BatchPart.Parser.ParseFrom(payload));
    }

    /// <summary>The pixels of a message that has nothing else: tag, length as a varint, content.</summary>
    private static ReadOnlySequence<byte>? PixelsIn(ReadOnlySequence<byte> payload)
    {
        var reader = new SequenceReader<byte>(payload);
        if (!reader.TryRead(out var tag) || tag != PixelsTag)
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
