using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Named tensors in the order in which the network registers them.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "A state dict is the field's own term.")]
public sealed class StateDict : IReadOnlyCollection<KeyValuePair<string, StateTensor>>
{
    private readonly OrderedDictionary<string, StateTensor> _entries = new(StringComparer.Ordinal);

    /// <summary>Number of tensors, parameters and buffers alike.</summary>
    public int Count => _entries.Count;

    /// <summary>Dotted module paths, <c>backbone.stem.conv.weight</c> for one, in registration order.</summary>
    public IReadOnlyList<string> Names => _entries.Keys;

    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    public StateTensor this[string name]
    {
        get => _entries[name];
        set => _entries[name] = value;
    }

    /// <summary>The entry of that full name; false where there is none.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out StateTensor tensor) => _entries.TryGetValue(name, out tensor);

    /// <summary>Adds a <see cref="StateDType.Float32"/> entry, or replaces it in place.</summary>
    public void Set(string name, long[] shape, float[] data) => _entries[name] = new StateTensor(StateDType.Float32, shape, data);

    /// <summary>The entries whose names <paramref name="predicate"/> accepts, in the same order.</summary>
    public StateDict Where(Func<string, bool> predicate)
    {
        var result = new StateDict();
        foreach (var (name, tensor) in _entries)
        {
            if (predicate(name))
            {
                result[name] = tensor;
            }
        }

        return result;
    }

    /// <summary>In registration order.</summary>
    public IEnumerator<KeyValuePair<string, StateTensor>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
