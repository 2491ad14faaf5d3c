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
    ILogger<ManifestPublisher> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(options.OutputPath)!;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            options.OutputPath, await new ManifestWriter(resources, execution, folder).WriteAsync(cancellationToken), cancellationToken);
        LogPublished(options.OutputPath);
        lifetime.StopApplication();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Published manifest to: {Path}")]
    private partial void LogPublished(string path);
}
