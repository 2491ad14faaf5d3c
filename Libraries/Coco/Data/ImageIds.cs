using System.Globalization;

namespace QatPipeline.Coco.Data;

/// <summary>
/// Ids for pictures that have none: the integer file stem, as in COCO, where no other has it too; else the place in the list.
/// </summary>
internal static class ImageIds
{
    /// <param name="paths">In the order in which they are numbered; other pictures, other numbers, whichever of them can be read.</param>
    /// <param name="taken">Ids that are not free.</param>
    public static long[] Of(IReadOnlyList<string> paths, IReadOnlySet<long> taken)
    {
        var stems = paths.Select(NumberOf).ToArray();
        var count = stems.OfType<long>().CountBy(id => id).ToDictionary();
        bool IsKept(long? stem) => stem is { } id && count[id] == 1 && !taken.Contains(id);
        var used = stems.Where(IsKept).Select(id => id!.Value).Concat(taken).ToHashSet();
        var ids = new long[paths.Count];
        for (var (place, free) = (0, 0L); place < ids.Length; place++)
        {
            if (IsKept(stems[place]))
            {
                ids[place] = stems[place]!.Value;
                continue;
            }

            free = Math.Max(free, place);
            do
            {
                free++;
            }
            while (used.Contains(free));
            ids[place] = free;
        }

        return ids;
    }

    private static long? NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
