namespace QatPipeline.Engines;

/// <summary>What every back end checks of what it is given, and says in the same words.</summary>
public static class EngineChecks
{
    /// <summary>The model is there.</summary>
    /// <exception cref="EngineException">The file is missing.</exception>
    public static void RequireModel(string path)
    {
        if (!File.Exists(path))
        {
            throw new EngineException($"There is no model at '{path}'.");
        }
    }

    /// <summary>The model has the images for its only input.</summary>
    /// <exception cref="EngineException">The model takes another number of inputs than one.</exception>
    public static void RequireOneInput(string path, IReadOnlyCollection<string> inputs)
    {
        if (inputs.Count != 1)
        {
            throw new EngineException(
                $"'{path}' takes {inputs.Count} inputs ({string.Join(", ", inputs)}): an engine here has one, the images.");
        }
    }

    /// <summary>The values are those of a batch.</summary>
    /// <exception cref="EngineException">So many values are not a batch of the input.</exception>
    public static void RequireBatch(EngineTensorInfo input, int values, int batch)
    {
        if (values != (long)batch * input.ElementsPerImage)
        {
            throw new EngineException($"{values} values do not make a batch of {batch} for {input}.");
        }
    }

    /// <summary>Images of one run: those that the engine is fixed to, else all.</summary>
    /// <exception cref="EngineException">The batch is not made of whole runs.</exception>
    public static int StepOf(string path, EngineTensorInfo input, int batch)
    {
        var step = input.FixedBatch ?? batch;
        return batch >= 1 && batch % step == 0
            ? step
            : throw new EngineException($"A batch of {batch} is not a multiple of the {step} that '{path}' is fixed to.");
    }

    /// <summary>The outputs wanted are among those declared.</summary>
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
