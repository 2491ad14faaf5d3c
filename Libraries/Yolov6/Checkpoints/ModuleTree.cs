using QatPipeline.Yolov6.Checkpoints.Pickle;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Turns what a pickle describes (a module, or a dictionary of tensors) into named tensors.</summary>
internal sealed class ModuleTree(ZipStorages storages)
{
    private const int DeepestNesting = 64;
    private const int MostModules = 100_000;

    private readonly StateDict _result = new();
    private int _modules;

    /// <exception cref="PickleFormatException">It is neither a module nor a dictionary of tensors.</exception>
    public StateDict Flatten(object? root)
    {
        switch (root)
        {
            case PickleObject { State: PickleDictionary state } when state["_modules"] is not null:
                AddModule(state, "", 0);
                break;
            case PickleDictionary or PickleObject { Factory.Name: "OrderedDict" }:
                AddTensors(root, "");
                break;
            default:
                throw new PickleFormatException("It holds neither a module nor a dictionary of tensors.");
        }

        return _result.Count > 0 ? _result : throw new PickleFormatException("It holds no tensors.");
    }

    // A module's own parameters, then its buffers, then its children: the order of a state dictionary.
    private void AddModule(PickleDictionary state, string prefix, int depth)
    {
        // Modules may share children, so a small file can describe an endless or an exponentially large tree.
        if (depth > DeepestNesting || ++_modules > MostModules)
        {
            throw new PickleFormatException($"Its modules are nested too deeply or too many, at {prefix[..Math.Min(prefix.Length, 80)]}.");
        }

        AddTensors(state["_parameters"], prefix);
        AddTensors(state["_buffers"], prefix);
        foreach (var (name, child) in Entries(state["_modules"]))
        {
            if (child is PickleObject { State: PickleDictionary inner })
            {
                AddModule(inner, $"{prefix}{name}.", depth + 1);
            }
        }
    }

    private void AddTensors(object? dictionary, string prefix)
    {
        foreach (var (name, value) in Entries(dictionary))
        {
            if (value is PickleObject tensor && Rebuild(tensor, prefix + name) is { } read)
            {
                _result[prefix + name] = read;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>> Entries(object? dictionary) => dictionary switch
    {
        PickleDictionary plain => plain.Entries,
        PickleObject { Factory.Name: "OrderedDict" } ordered => ordered.Items.Entries,
        _ => [],
    };

    private StateTensor? Rebuild(PickleObject value, string name) => value switch
    {
        { Factory.Name: "_rebuild_parameter", Arguments: [PickleObject inner, ..] } => Rebuild(inner, name),
        { Factory.Name: "_rebuild_tensor_v2", Arguments: [PicklePersistentId id, long offset, var size, var stride, ..] } =>
            View(id, offset, Extents(size, name), Extents(stride, name), name),
        { Factory.Name: "_rebuild_tensor_v2" or "_rebuild_parameter" } =>
            throw new PickleFormatException($"Tensor {name} is described in an unknown way."),
        _ => null,
    };

    private StateTensor View(PicklePersistentId id, long offset, long[] size, long[] stride, string name)
    {
        if (id.Id is not PickleTuple { Items: ["storage", PickleGlobal kind, string key, _, long count] }
            || StorageTypes.FromTorchStorage(kind.Name) is not { } type)
        {
            throw new PickleFormatException($"Tensor {name} has a storage of an unknown kind.");
        }

        var storage = storages.Read(key, type, count);
        var last = offset;
        for (var axis = 0; axis < size.Length; axis++)
        {
            last = checked(last + (Math.Max(size[axis] - 1, 0) * stride[axis]));
        }

        var elements = StateTensor.CountOf(size);
        if (stride.Length != size.Length || offset < 0 || elements > storage.Length || (elements > 0 && last >= storage.Length))
        {
            throw new PickleFormatException(
                $"Tensor {name} [{string.Join(",", size)}] reaches outside its storage of {storage.Length} elements.");
        }

        return new StateTensor(type, size, Gather(storage, offset, size, stride, elements));
    }

    private static float[] Gather(float[] storage, long offset, long[] size, long[] stride, int elements)
    {
        var data = new float[elements];
        var index = new long[size.Length];
        var at = offset;
        for (var i = 0; i < elements; i++)
        {
            data[i] = storage[at];
            for (var axis = size.Length - 1; axis >= 0; axis--)
            {
                at += stride[axis];
                if (++index[axis] < size[axis])
                {
                    break;
                }

                at -= stride[axis] * size[axis];
                index[axis] = 0;
            }
        }

        return data;
    }

    private static long[] Extents(object? value, string name)
    {
        var items = value switch
        {
            PickleTuple tuple => tuple.Items,
            PickleObject { Factory.Name: "Size", Arguments: [PickleTuple inner] } => inner.Items,
            _ => throw new PickleFormatException($"Tensor {name} has no shape."),
        };
        return [.. items.Select(
            item => item is long extent and >= 0 ? extent : throw new PickleFormatException($"Tensor {name} has a negative extent."))];
    }
}
