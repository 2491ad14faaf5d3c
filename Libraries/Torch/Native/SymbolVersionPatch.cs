using QatPipeline.Foundation.Natives;

namespace QatPipeline.Torch.Native;

/// <summary>
/// Takes one required symbol version out of a shared library, together with the one symbol that needs it, so that the library
/// loads where the required library is older.
/// </summary>
/// <remarks>
/// The symbol becomes a weak, unversioned reference (the loader may leave it unresolved) and the version's entry is unlinked from
/// the list of required versions. Valid only for a symbol that is never called: <c>_ZSt21ios_base_library_initv</c> exists to make
/// the linker pull in the initialisation of iostreams, which the other LibTorch libraries do themselves.
/// </remarks>
internal static class SymbolVersionPatch
{
    private const long TagVersionSymbols = 0x6ffffff0;
    internal const long TagVersionNeeds = 0x6ffffffe;
    private const long TagVersionNeedCount = 0x6fffffff;
    private const long TagHash = 4;
    private const long TagGnuHash = 0x6ffffef5;
    private const int SymbolSize = 24;
    private const ushort GlobalVersion = 1;
    private const byte WeakBinding = 2;

    /// <summary>A patched copy of <paramref name="library"/>; the same content where nothing requires <paramref name="version"/>.</summary>
    /// <exception cref="NativeLibraryException">
    /// The file is no ELF64 library, or other symbols than <paramref name="symbol"/> need the version.
    /// </exception>
    public static byte[] Apply(byte[] library, string name, string version, string symbol)
    {
        var image = new ElfImage([.. library], name);
        if (image.OffsetOf(TagVersionNeeds) is { } needs && image.OffsetOf(TagVersionSymbols) is { } versions
            && Unlink(image, needs, version) is { } index)
        {
            Weaken(image, versions, index, version, symbol);
        }

        return image.Bytes;
    }

    // Verneed: version u16, count u16, file u32, first entry u32, next u32. Vernaux: hash u32, flags u16, index u16, name u32, next u32.
    internal static IEnumerable<(int Need, int Entry, int? Previous)> Entries(ElfImage image, int needs)
    {
        var need = needs;
        for (var left = image.Value(TagVersionNeedCount) ?? 0; left > 0; left--)
        {
            int? previous = null;
            var entry = image.Step(need, image.U32(need + 8));
            for (var entries = image.U16(need + 2); entries > 0; entries--)
            {
                yield return (need, entry, previous);
                previous = entry;
                entry = image.Step(entry, image.U32(entry + 12));
            }

            need = image.Step(need, image.U32(need + 12));
        }
    }

    private static ushort? Unlink(ElfImage image, int needs, string version)
    {
        foreach (var (need, entry, previous) in Entries(image, needs))
        {
            if (image.StringAt(image.U32(entry + 8)) != version)
            {
                continue;
            }

            var next = image.U32(entry + 12);
            var count = image.U16(need + 2);
            if (count == 1)
            {
                throw image.Broken($"{version} is the only version it requires of {image.StringAt(image.U32(need + 4))}");
            }

            if (previous is { } before)
            {
                image.SetU32(before + 12, next == 0 ? 0 : image.U32(before + 12) + next);
            }
            else
            {
                image.SetU32(need + 8, image.U32(need + 8) + next);
            }

            image.SetU16(need + 2, (ushort)(count - 1));
            return image.U16(entry + 6);
        }

        return null;
    }

    private static void Weaken(ElfImage image, int versions, ushort index, string version, string symbol)
    {
        for (var i = 0; i < UndefinedSymbolsEnd(image); i++)
        {
            var at = versions + (2 * i);
            if ((image.U16(at) & 0x7fff) != index)
            {
                continue;
            }

            var entry = image.Symbols + (i * SymbolSize);
            var found = image.StringAt(image.U32(entry));
            if (found != symbol)
            {
                throw image.Broken($"symbol {found} needs {version} too, and only {symbol} can be done without");
            }

            image.SetU16(at, GlobalVersion);
            image.Bytes[entry + 4] = (byte)((WeakBinding << 4) | (image.Bytes[entry + 4] & 0xf));
        }
    }

    // A GNU hash table covers the defined symbols, which come last: its second field is the first of them. The older table counts all.
    private static uint UndefinedSymbolsEnd(ElfImage image) =>
        image.OffsetOf(TagGnuHash) is { } gnu ? image.U32(gnu + 4)
        : image.OffsetOf(TagHash) is { } hash ? image.U32(hash + 4)
        : throw image.Broken("it has no symbol hash table");
}
