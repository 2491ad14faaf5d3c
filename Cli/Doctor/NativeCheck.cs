using QatPipeline.Foundation.Natives;

namespace QatPipeline.Cli.Doctor;

/// <summary>Native code of a package: really loads it.</summary>
internal sealed class NativeCheck(NativeComponent component) : IMachineCheck
{
    public Task<Finding> RunAsync(CancellationToken cancellationToken) => Task.Run(Look, cancellationToken);

    private Finding Look()
    {
        try
        {
            return Finding.Found(component.Name, component.Load(), Finding.EveryRun);
        }
        catch (NativeLibraryException error)
        {
            return Finding.Missing(component.Name, "cannot be loaded", Finding.EveryRun, error.Message);
        }
    }
}
