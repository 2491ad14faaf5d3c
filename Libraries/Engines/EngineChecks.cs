namespace QatPipeline.Engines;

/// <summary>What every back end checks of what it is given, and says in the same words.</summary>
internal static class EngineChecks
{
    /// <exception cref="EngineException">The file is missing.</exception>
    public static void RequireModel(string path)
    {
        if (!File.Exists(path))
        {
            throw new EngineException($"There is no model at '{path}'.");
        }
    }

    /// <exception cref="EngineException">The model takes another number of inputs than one.</exception>
    public static void RequireOneInput(string path, IReadOnlyCollection<string> inputs)
    {
        if (inputs.Count != 1)
        {
            throw new EngineException(
                $"'{path}' takes {inputs.Count} inputs ({string.Join(", ", inputs)}): an engine here has one, the images.");
        }
    }

    /// <exception cref="EngineException">So many values are not a batch of the input.</exception>
    public static void RequireBatch(EngineTensorInfo input, int values, int batch)
    {
        if (values != (long)batch * input.ElementsPerImage)
        {
            throw new EngineException($"{values} values do not make a batch of {batch} for {input}.");
        }
    }

    /// <exception cref="EngineException">An output is asked for that the model does not have.</exception>
    public static void RequireOutputs(string path, IReadOnlyCollection<string> declared, IEnumerable<string> wanted)
    {
        var unknown = wanted.Except(declared).ToArray();
        if (unknown.Length > 0)
        {
            throw new EngineException(
                $"'{path}' has no output {string.Join(", ", unknown.Select(name => $"'{name}'"))}; "
                + $"it declares {string.Join(", ", declared)}.");
        }
    }
}
