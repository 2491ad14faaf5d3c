namespace QatPipeline.Coco.Evaluation;

/// <summary>numpy's argsort(-scores, kind="mergesort"): descending, equal scores in their own order.</summary>
internal static class StableSort
{
    /// <summary>Sorts scores and what belongs to them.</summary>
    /// <param name="scores">Without NaN.</param>
    /// <param name="items">Ascending at the start: their order is the tie break.</param>
    public static void Descending(Span<double> scores, Span<int> items)
    {
        var alreadySorted = true;
        for (var i = 1; i < scores.Length && alreadySorted; i++)
        {
            alreadySorted = scores[i - 1] >= scores[i];
        }

        if (!alreadySorted)
        {
            var entries = new (double Score, int Item)[scores.Length];
            for (var i = 0; i < entries.Length; i++)
            {
                entries[i] = (scores[i], items[i]);
            }

            Array.Sort(entries, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Item.CompareTo(b.Item));
            for (var i = 0; i < entries.Length; i++)
            {
                (scores[i], items[i]) = entries[i];
            }
        }
    }
}
