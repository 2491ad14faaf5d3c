using System.Text.Json;

namespace QatPipeline.Coco.Data;

/// <summary>
/// Reads the values of a JSON file of any length, with errors that name the file, the element and the field. Gzip is recognised by its
/// magic bytes.
/// </summary>
internal ref struct JsonStreamReader
{
    private readonly string _file;
    private JsonBuffer _json;
    private string? _section;
    private string? _field;
    private int _index;
    private long _elementId;
    private bool _elementHasId;

    private JsonStreamReader(Stream stream, string file)
    {
        _file = file;
        _json = new JsonBuffer(stream);
    }

    public delegate T Content<out T>(ref JsonStreamReader json);

    /// <summary>What number stands for an id that is a text; null where ids must be integers.</summary>
    public Func<string, long?>? IdOfText { get; set; }

    public readonly bool IsNull => TokenType == JsonTokenType.Null;

    public readonly JsonTokenType TokenType => _json.Reader.TokenType;

    /// <summary>How many arrays and objects are open around the token.</summary>
    public readonly int Depth => _json.Reader.CurrentDepth;

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
            while (!_json.Reader.Read())
            {
                if (_json.IsFinal)
                {
                    return false;
                }

                if (!_json.TryRefill())
                {
                    throw Error($"a string or number longer than {JsonBuffer.LargestToken} bytes");
                }
            }

            return true;
        }
        catch (JsonException error)
        {
            if (_json.FindNotANumber() is { } value)
            {
                throw Error($"field '{_field}' is {value}, but must be a finite number", error);
            }

            // Its own message quotes the file, which may be another one than the user takes it for.
            throw Error($"not valid JSON, near byte {_json.Position}", error);
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
        for (_index = 0; Read() && TokenType != JsonTokenType.EndArray; _index++)
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
        if (TokenType == JsonTokenType.EndObject)
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
        (_elementId, _elementHasId) = (id, TokenType == JsonTokenType.Number);
        return id;
    }

    /// <summary>An integer, or a text that stands for one.</summary>
    public readonly long ReadId(string field) => TokenType == JsonTokenType.String && IdOfText is not null
        ? IdOfText(Text()) ?? throw Error($"field '{field}' names nothing in the ground truth")
        : ReadInt64(field);

    public readonly void Expect(JsonTokenType type, string what)
    {
        if (TokenType != type)
        {
            throw Error($"expected {what}, found {TokenType}");
        }
    }

    public readonly long ReadInt64(string field)
    {
        if (TokenType == JsonTokenType.Number)
        {
            if (_json.Reader.TryGetInt64(out var value))
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
        TokenType == JsonTokenType.Number && _json.Reader.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Error($"field '{field}' must be a finite number");

    public readonly int ReadSize(string field) =>
        ReadInt64(field) is >= 0 and <= int.MaxValue and var value ? (int)value : throw Error($"field '{field}' must be 0 or more pixels");

    public readonly string ReadString(string field) =>
        TokenType == JsonTokenType.String ? Text() : throw Error($"field '{field}' must be a string");

    public readonly bool ReadFlag(string field) => TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => ReadInt64(field) != 0,
    };

    /// <summary>Passes over the value that starts here, however long (segmentation masks).</summary>
    public void Skip()
    {
        if (TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return;
        }

        var depth = Depth;
        do
        {
            Read();
        }
        while (Depth > depth);
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
            return _json.Reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Error("a string that is not valid UTF-8", error);
        }
    }
}
