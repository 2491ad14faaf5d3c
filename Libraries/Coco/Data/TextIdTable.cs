namespace QatPipeline.Coco.Data;

/// <summary>
/// Numbers for ids that are texts, such as file stems. While a file is read they are provisional, since the numbers must rise with the
/// texts' order: it is the order in which pycocotools evaluates, which decides ties.
/// </summary>
internal sealed class TextIdTable
{
    private readonly Dictionary<string, long> _provisional = new(StringComparer.Ordinal);
    private long[] _numbers = [];

    public bool IsEmpty => _provisional.Count == 0;

    /// <summary>The final numbers.</summary>
    public IReadOnlyDictionary<string, long> Numbers =>
        _provisional.ToDictionary(entry => entry.Key, entry => Resolve(entry.Value), StringComparer.Ordinal);

    /// <summary>A number below all that files use.</summary>
    public long? Intern(string text)
    {
        if (!_provisional.TryGetValue(text, out var number))
        {
            _provisional.Add(text, number = long.MinValue + _provisional.Count);
        }

        return number;
    }

    /// <summary>Settles the numbers: from 1 on, without those that the file itself uses.</summary>
    public void Settle(IEnumerable<long> used)
    {
        var taken = used.ToHashSet();
        _numbers = new long[_provisional.Count];
        var next = 0L;
        foreach (var (_, provisional) in _provisional.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            do
            {
                next++;
            }
            while (taken.Contains(next));
            _numbers[provisional - long.MinValue] = next;
        }
    }

    /// <summary>The final number of an id, which most are themselves.</summary>
    public long Resolve(long id) => id < long.MinValue + _numbers.Length ? _numbers[id - long.MinValue] : id;
}
