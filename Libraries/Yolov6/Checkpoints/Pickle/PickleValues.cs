namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>The name of a class or function. It is only ever a name here: nothing is looked up and nothing is called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>What a pickle describes as made by <see cref="Factory"/> from arguments, and then given a state.</summary>
internal sealed class PickleObject(PickleGlobal factory, object?[] arguments)
{
    public PickleGlobal Factory { get; } = factory;

    public object?[] Arguments { get; } = arguments;

    public object? State { get; set; }

    /// <summary>Items set on the object itself: the content of an ordered dictionary.</summary>
    public PickleDictionary Items { get; } = new();
}

/// <summary>A reference to data outside the pickle: here, a tensor's storage.</summary>
internal sealed record PicklePersistentId(object? Id);

internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items { get; } = items;
}

/// <summary>A dictionary in insertion order; keys may be of any kind, look-up is by text.</summary>
internal sealed class PickleDictionary
{
    private readonly OrderedDictionary<string, object?> _named = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, object?>> Entries => _named;

    public object? this[string name] => _named.GetValueOrDefault(name);

    // Dictionaries with other keys (optimizer state) hold no weights; only their named part is kept.
    public void Set(object? key, object? value)
    {
        if (key is string name)
        {
            _named[name] = value;
        }
    }
}
