using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace QatPipeline.ServiceDefaults;

/// <summary>
/// Stops the service when the process that started it is gone, where <c>EndWithParent</c> is set: nobody would see its end, or start it
/// again.
/// </summary>
internal sealed partial class ParentWatch(IConfiguration configuration, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private const string Key = "EndWithParent";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue<bool>(Key))
        {
            return;
        }

        var parent = GetParentId();
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (GetParentId() != parent)
            {
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetParentId();
}
