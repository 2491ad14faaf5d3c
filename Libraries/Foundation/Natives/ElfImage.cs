using System.Buffers.Binary;
using System.Text;

namespace QatPipeline.Foundation.Natives;

/// <summary>
/// The dynamic-linking tables of an ELF64 little-endian shared object, read through its program headers (what the loader reads;
/// section headers may be stripped). All positions are file offsets into <see cref="Bytes"/>.
/// </summary>
internal sealed class ElfImage
{
    private const int LoadSegment = 1;
    private const int DynamicSegment = 2;
    private const long TagNeeded = 1;
    private const long TagStringTable = 5;
    private const long TagSymbolTable = 6;
    private const long TagStringTableSize = 10;

    private readonly List<(ulong Address, ulong Offset, ulong Size)> _segments = [];
    private readonly List<(long Tag, ulong Value)> _dynamic = [];
    private readonly string _name;
    private readonly int _strings;
    private readonly int _stringsEnd;

    public ElfImage(byte[] bytes, string name)
    {
        Bytes = bytes;
        _name = name;
        Require(bytes.Length >= 64 && bytes.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8), "it is not an ELF64 little-endian file");
        ReadProgramHeaders();
        _strings = OffsetOf(TagStringTable) ?? throw Broken("it has no dynamic string table");
        _stringsEnd = Position((ulong)_strings + (Value(TagStringTableSize) ?? throw Broken("its string table has no size")));
        Symbols = OffsetOf(TagSymbolTable) ?? throw Broken("it has no dynamic symbol table");
    }

    public byte[] Bytes { get; }

    /// <summary>File offset of the dynamic symbol table (24-byte entries).</summary>
    public int Symbols { get; }

    /// <summary>The libraries this one asks the loader for, in order.</summary>
    public IReadOnlyList<string> Needed =>
        [.. _dynamic.Where(entry => entry.Tag == TagNeeded).Select(entry => StringAt((uint)entry.Value))];

    public ulong? Value(long tag) => _dynamic.Where(entry => entry.Tag == tag).Select(entry => (ulong?)entry.Value).FirstOrDefault();

    /// <summary>
    /// The file offset of the table whose address the dynamic entry <paramref name="tag"/> holds; null where there is none.
    /// </summary>
    public int? OffsetOf(long tag) => Value(tag) is { } address ? FileOffset(address) : null;

    public ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, 2));

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4));

    public ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, 8));

    public void SetU16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Slice(offset, 2), value);

    public void SetU32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Slice(offset, 4), value);

    /// <summary>The position <paramref name="distance"/> bytes after <paramref name="offset"/>.</summary>
    public int Step(int offset, uint distance) => Position((ulong)offset + distance);

    /// <summary>A zero-terminated string of the dynamic string table.</summary>
    public string StringAt(uint index)
    {
        Require(index < _stringsEnd - _strings, $"string index {index} passes its string table");
        var tail = Bytes.AsSpan((int)(_strings + index), (int)(_stringsEnd - _strings - index));
        var length = tail.IndexOf((byte)0);
        Require(length >= 0, "a string of its string table is not terminated");
        return Encoding.UTF8.GetString(tail[..length]);
    }

    public NativeLibraryException Broken(string what) =>
        new($"{_name} cannot be read as a shared library: {what}. Restore the packages again (the file may be damaged).");

    private void ReadProgramHeaders()
    {
        var table = Position(U64(32));
        var entrySize = U16(54);
        var count = U16(56);
        (ulong Offset, ulong Size)? dynamic = null;
        for (var i = 0; i < count; i++)
        {
            var header = table + (i * entrySize);
            var (offset, address, size) = (U64(header + 8), U64(header + 16), U64(header + 32));
            switch (U32(header))
            {
                case LoadSegment:
                    _segments.Add((address, offset, size));
                    break;
                case DynamicSegment:
                    dynamic = (offset, size);
                    break;
            }
        }

        var (start, length) = dynamic ?? throw Broken("it has no dynamic segment");
        for (var at = Position(start); at < Position(start + length) && U64(at) != 0; at += 16)
        {
            _dynamic.Add(((long)U64(at), U64(at + 8)));
        }
    }

    private int FileOffset(ulong address)
    {
        var segment = _segments.Find(candidate => address - candidate.Address < candidate.Size);
        Require(segment.Size > 0, $"address 0x{address:x} lies in none of its segments");
        return Position(address - segment.Address + segment.Offset);
    }

    private int Position(ulong offset)
    {
        Require(offset <= (ulong)Bytes.Length, $"a table reaches offset {offset}, past its end");
        return (int)offset;
    }

    private Span<byte> Slice(int offset, int length)
    {
        Require(offset >= 0 && offset <= Bytes.Length - length, $"a table reaches offset {offset}, past its end");
        return Bytes.AsSpan(offset, length);
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Broken(otherwise);
        }
    }
}
