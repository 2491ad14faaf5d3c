using Aspire.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Publishing;

/// <summary>Writes the manifest and ends the application.</summary>
internal sealed partial class ManifestPublisher(
    PublishOptions options,
    ApplicationResources resources,
    DistributedApplicationExecutionContext execution,
    IHostApplicationLifetime lifetime,
    ILogger<ManifestPublisher> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var folder = Path.GetDirectoryName(options.OutputPath)!;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            options.OutputPath, await new ManifestWriter(resources, execution, folder).WriteAsync(stoppingToken), stoppingToken);
        LogPublished(options.OutputPath);
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Information, "Published manifest to: {Path}")]
    private partial void LogPublished(string path);
}
