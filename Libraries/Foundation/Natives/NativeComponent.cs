namespace QatPipeline.Foundation.Natives;

/// <summary>Native code that a library of the pipeline computes with, under the name that people know it by.</summary>
/// <param name="name">Such as <c>ONNX Runtime</c>.</param>
/// <param name="load">Loads the native files and returns the version; called once.</param>
public sealed class NativeComponent(string name, Func<string> load)
{
    private readonly Lazy<string> _version = new(load);

    /// <summary>The name that people know it by.</summary>
    public string Name => name;

    /// <summary>Loads it, if it is not loaded yet, and returns its version. Thread-safe.</summary>
    /// <exception cref="NativeLibraryException">It cannot be loaded; the message says what is missing and how to get it.</exception>
    public string Load()
    {
        try
        {
            return _version.Value;
        }
        catch (NativeLibraryException error)
        {
            throw new NativeLibraryException($"{name} cannot be used on this machine: {error.Message}", error);
        }
        catch (Exception error)
            when (error is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            // The file itself loads, but the managed side does not accept it: another version, or a damaged file.
            throw new NativeLibraryException(
                $"{name} cannot be used on this machine: {error.GetBaseException().Message} Restore the packages again.", error);
        }
    }

    /// <summary>Loads all of them, so that a run that cannot end does not begin.</summary>
    /// <exception cref="NativeLibraryException">At least one cannot be loaded; the message speaks of every such one.</exception>
    public static void LoadAll(params IEnumerable<NativeComponent> components)
    {
        var errors = new List<NativeLibraryException>();
        foreach (var component in components)
        {
            try
            {
                component.Load();
            }
            catch (NativeLibraryException error)
            {
                errors.Add(error);
            }
        }

        if (errors.Count > 0)
        {
            throw new NativeLibraryException(string.Join(' ', errors.Select(error => error.Message)), errors[0]);
        }
    }
}
