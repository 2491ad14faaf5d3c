using System.Text.Json;

namespace QatPipeline.Coco.Data;

/// <summary>A <see cref="Utf8JsonReader"/> over a stream of any length, with no more of it in memory than its longest token takes.</summary>
internal ref struct JsonBuffer
{
    /// <summary>Bytes of a string or number at most; nothing in these formats comes near.</summary>
    public const int LargestToken = 1 << 24;

    private const int InitialSize = 1 << 16;

    /// <summary>The bytes that a value that is not finite takes, with what may stand before it.</summary>
    private const int LongestNotANumber = 32;

    /// <summary>Its tokens; where it has no further one, the buffer is filled again.</summary>
    public Utf8JsonReader Reader;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[InitialSize];
    private int _length;
    private long _passed;

    public JsonBuffer(Stream stream)
    {
        _stream = stream;
        Reader = new Utf8JsonReader([], isFinalBlock: false, default);
        TryRefill();
        if (_buffer.AsSpan(0, _length).StartsWith("\uFEFF"u8))
        {
            _length -= 3;
            _buffer.AsSpan(3, _length).CopyTo(_buffer);
            Reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), IsFinal, default);
        }
    }

    /// <summary>Whether the stream has ended.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Where the token ends, in bytes of the stream.</summary>
    public readonly long Position => _passed + Reader.BytesConsumed;

    private readonly Span<byte> Unread => _buffer.AsSpan((int)Reader.BytesConsumed, _length - (int)Reader.BytesConsumed);

    /// <summary>Reads on; false where the token that has begun is too long.</summary>
    public bool TryRefill()
    {
        var unread = Unread;
        var target = _buffer;
        if (unread.Length == _buffer.Length)
        {
            if (_buffer.Length == LargestToken)
            {
                return false;
            }

            target = new byte[_buffer.Length * 2];
        }

        unread.CopyTo(target);
        _buffer = target;
        var read = _stream.ReadAtLeast(_buffer.AsSpan(unread.Length), 1, throwOnEndOfStream: false);
        _passed += Reader.BytesConsumed;
        _length = unread.Length + read;
        IsFinal = read == 0;
        Reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), IsFinal, Reader.CurrentState);
        return true;
    }

    /// <summary>What other languages write for doubles that are not finite, where it is what the reader stopped at; else null.</summary>
    public string? FindNotANumber()
    {
        while (!IsFinal && Unread.Length < LongestNotANumber)
        {
            TryRefill();
        }

        var rest = Unread.TrimStart(" \t\r\n:,["u8);
        return rest.StartsWith("NaN"u8) ? "NaN" : rest.StartsWith("Infinity"u8) ? "Infinity" : rest.StartsWith("-Infinity"u8) ? "-Infinity" : null;
    }
}
