namespace QatPipeline.Coco.Data;

/// <summary>Counts what a reader mends, by kind, in the order of their first occurrence.</summary>
internal sealed class RemarkList
{
    private readonly OrderedDictionary<string, DataRemark> _remarks = [];

    public IReadOnlyList<DataRemark> All => [.. _remarks.Values];

    public void Add(string what, string where) =>
        _remarks[what] = _remarks.TryGetValue(what, out var before)
            ? before with { Count = before.Count + 1 }
            : new DataRemark(what, 1, where);
}
