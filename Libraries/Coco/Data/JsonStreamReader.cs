using System.Text;
using System.Text.Json;

namespace QatPipeline.Coco.Data;

/// <summary>
/// <see cref="Utf8JsonReader"/> over a stream of any length in a small buffer, with errors that name the file, the element and the
/// field. Gzip is recognised by its magic bytes.
/// </summary>
internal ref struct JsonStreamReader
{
    private const int InitialBufferSize = 1 << 16;

    // One token (a string or a number) must fit; nothing in these formats comes near.
    private const int LargestToken = 1 << 24;

    private readonly Stream _stream;
    private readonly string _file;
    private byte[] _buffer = new byte[InitialBufferSize];
    private int _length;
    private bool _isFinal;
    private Utf8JsonReader _reader;
    private string? _section;
    private string? _field;
    private int _index;
    private long _elementId;
    private bool _elementHasId;
    private long _passed;

    private JsonStreamReader(Stream stream, string file)
    {
        (_stream, _file) = (stream, file);
        _reader = new Utf8JsonReader([], isFinalBlock: false, default);
        Refill();
        if (_buffer.AsSpan(0, _length).StartsWith("\uFEFF"u8))
        {
            _length -= 3;
            _buffer.AsSpan(3, _length).CopyTo(_buffer);
            _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), _isFinal, default);
        }
    }

    public delegate T Content<out T>(ref JsonStreamReader json);

    /// <summary>What number stands for an id that is a text; null where ids must be integers.</summary>
    public Func<string, long?>? IdOfText { get; set; }

    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>Opens a file, hands its reader over and makes sure that nothing follows the document.</summary>
    public static T ReadFile<T>(string path, Content<T> content)
    {
        try
        {
            using var stream = CompressedFile.OpenRead(path);
            var json = new JsonStreamReader(stream, path);
            json.Read();
            var result = content(ref json);
            json.Read();
            return result;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The next token; false at the document's end.</summary>
    public bool Read()
    {
        try
        {
            while (!_reader.Read())
            {
                if (_isFinal)
                {
                    return false;
                }

                Refill();
            }

            return true;
        }
        catch (JsonException error)
        {
            if (NotANumber() is { } value)
            {
                throw Error($"field '{_field}' is {value}, but must be a finite number", error);
            }

            // Its own message quotes the file, which may be another one than the user takes it for.
            throw Error($"not valid JSON, near byte {_passed + _reader.BytesConsumed}", error);
        }
        catch (InvalidDataException error)
        {
            throw Error($"damaged gzip data: {error.Message}", error);
        }
    }

    /// <summary>
    /// Reads the array of objects that starts here; <paramref name="element"/> finds the reader on each object's first token.
    /// </summary>
    public List<T> ReadObjects<T>(string name, Content<T> element)
    {
        var items = new List<T>();
        (_section, _index, _elementHasId) = (name, -1, false);
        Expect(JsonTokenType.StartArray, "an array");
        for (_index = 0; Read() && _reader.TokenType != JsonTokenType.EndArray; _index++)
        {
            Expect(JsonTokenType.StartObject, "an object");
            items.Add(element(ref this));
            _elementHasId = false;
        }

        _section = null;
        return items;
    }

    /// <summary>To the next property's value; null at the object's end.</summary>
    public string? ReadProperty()
    {
        Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        _field = Text();
        Read();
        return _field;
    }

    /// <summary>Makes the id part of every later error about this element.</summary>
    public long ReadOwnId(string field)
    {
        var id = ReadId(field);
        (_elementId, _elementHasId) = (id, _reader.TokenType == JsonTokenType.Number);
        return id;
    }

    /// <summary>An integer, or a text that stands for one.</summary>
    public readonly long ReadId(string field) => _reader.TokenType == JsonTokenType.String && IdOfText is not null
        ? IdOfText(Text()) ?? throw Error($"field '{field}' names nothing in the ground truth")
        : ReadInt64(field);

    public readonly void Expect(JsonTokenType type, string what)
    {
        if (_reader.TokenType != type)
        {
            throw Error($"expected {what}, found {_reader.TokenType}");
        }
    }

    public readonly long ReadInt64(string field)
    {
        if (_reader.TokenType == JsonTokenType.Number)
        {
            if (_reader.TryGetInt64(out var value))
            {
                return value;
            }

            // Some writers put every number as a float: 7.0 is 7.
            var real = ReadDouble(field);
            if (Math.Abs(real) < 1L << 53 && real == Math.Truncate(real))
            {
                return (long)real;
            }
        }

        throw Error($"field '{field}' must be an integer");
    }

    public readonly double ReadDouble(string field) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Error($"field '{field}' must be a finite number");

    public readonly int ReadSize(string field) =>
        ReadInt64(field) is >= 0 and <= int.MaxValue and var value ? (int)value : throw Error($"field '{field}' must be 0 or more pixels");

    public readonly string ReadString(string field) =>
        _reader.TokenType == JsonTokenType.String ? Text() : throw Error($"field '{field}' must be a string");

    public readonly bool ReadFlag(string field) => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => ReadInt64(field) != 0,
    };

    /// <summary>A box [x, y, w, h]; null where the list is empty.</summary>
    public CocoBox? ReadBox(string field)
    {
        Span<double> values = stackalloc double[4];
        Expect(JsonTokenType.StartArray, $"field '{field}' to be [x, y, w, h]");
        for (var i = 0; i < values.Length; i++)
        {
            Read();
            if (_reader.TokenType == JsonTokenType.EndArray)
            {
                return i == 0 ? null : throw Error($"field '{field}' must have four numbers");
            }

            values[i] = ReadDouble(field);
        }

        Read();
        Expect(JsonTokenType.EndArray, $"four numbers in field '{field}'");
        return new CocoBox(values[0], values[1], values[2], values[3]);
    }

    /// <summary>The box around polygons [[x, y, x, y, …], …]; null where this is something else or empty.</summary>
    public CocoBox? ReadOutline(string field)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Skip();
            return null;
        }

        var (depth, isX) = (_reader.CurrentDepth, true);
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        while (Read() && _reader.CurrentDepth > depth)
        {
            if (_reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
            {
                isX = true;
                continue;
            }

            var value = ReadDouble(field);
            _ = isX ? (left, right) = (Math.Min(left, value), Math.Max(right, value))
                : (top, bottom) = (Math.Min(top, value), Math.Max(bottom, value));
            isX = !isX;
        }

        return left <= right && top <= bottom ? new CocoBox(left, top, right - left, bottom - top) : null;
    }

    /// <summary>Passes over the value that starts here, however long (segmentation masks).</summary>
    public void Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return;
        }

        var depth = _reader.CurrentDepth;
        do
        {
            Read();
        }
        while (_reader.CurrentDepth > depth);
    }

    public readonly CocoException Missing(string field) => Error($"field '{field}' is missing");

    public readonly CocoException Error(string what, Exception? inner = null)
    {
        var element = _section is null ? "" : _index < 0 ? $"{_section}: " : _elementHasId
            ? $"{_section}[{_index}] (id {_elementId}): " : $"{_section}[{_index}]: ";
        var message = $"{_file}: {element}{what}";
        return inner is null ? new CocoException(message) : new CocoException(message, inner);
    }

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Error("a string that is not valid UTF-8", error);
        }
    }

    /// <summary>What other languages write for doubles that are not finite, where it is what the reader stopped at.</summary>
    private string? NotANumber()
    {
        string[] values = ["NaN", "Infinity", "-Infinity"];
        while (!_isFinal && _length - _reader.BytesConsumed < 32)
        {
            Refill();
        }

        var rest = _buffer.AsSpan((int)_reader.BytesConsumed, _length - (int)_reader.BytesConsumed).TrimStart(" \t\r\n:,["u8);
        foreach (var value in values)
        {
            if (rest.StartsWith(Encoding.ASCII.GetBytes(value)))
            {
                return value;
            }
        }

        return null;
    }

    private void Refill()
    {
        var unread = _buffer.AsSpan((int)_reader.BytesConsumed, _length - (int)_reader.BytesConsumed);
        var target = _buffer;
        if (unread.Length == _buffer.Length)
        {
            if (_buffer.Length == LargestToken)
            {
                throw Error($"a string or number longer than {LargestToken} bytes");
            }

            target = new byte[_buffer.Length * 2];
        }

        unread.CopyTo(target);
        _buffer = target;
        var read = _stream.ReadAtLeast(_buffer.AsSpan(unread.Length), 1, throwOnEndOfStream: false);
        _passed += _reader.BytesConsumed;
        _length = unread.Length + read;
        _isFinal = read == 0;
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), _isFinal, _reader.CurrentState);
    }
}
