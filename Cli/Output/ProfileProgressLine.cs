using QatPipeline.Engines.Profiling;

namespace QatPipeline.Cli.Output;

/// <summary>Progress of a profile on standard error: one line that is rewritten on a terminal, one line in all elsewhere.</summary>
internal sealed class ProfileProgressLine : IProgress<ProfileProgress>, IDisposable
{
    private readonly bool _rewrites = !Console.IsErrorRedirected;
    private bool _isLineOpen;

    public void Report(ProfileProgress value)
    {
        if (_rewrites)
        {
            Console.Error.Write($"\rmeasuring kernels {value.Done}/{value.Total}: {value.Name}\u001b[K");
            _isLineOpen = true;
        }
        else if (value.Done == 0)
        {
            Console.Error.WriteLine($"measuring kernels with {value.Total} networks");
        }
    }

    public void Dispose()
    {
        if (_isLineOpen)
        {
            Console.Error.Write("\r\u001b[K");
            _isLineOpen = false;
        }
    }
}
