using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.ServiceDefaults.Natives;

/// <summary>Loads the service's native components before its first run, and logs their versions or what they lack.</summary>
internal sealed partial class NativeLoader(IEnumerable<NativeComponent> components, ILogger<NativeLoader> logger) : BackgroundService
{
    // In the background: LibTorch takes seconds, and the service answers health checks meanwhile.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Load, stoppingToken);

    private void Load()
    {
        foreach (var component in components)
        {
            try
            {
                Loaded(component.Name, component.Load());
            }
            catch (NativeLibraryException error)
            {
                NotLoaded(error.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{Component} {Version} is loaded")]
    private partial void Loaded(string component, string version);

    [LoggerMessage(LogLevel.Critical, "{Reason}")]
    private partial void NotLoaded(string reason);
}
