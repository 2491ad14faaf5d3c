using System.Collections.Concurrent;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace QatPipeline.SystemSupport;

/// <summary>Keeps what the resources of an application log, across their restarts.</summary>
internal sealed class ResourceLogs
{
    private readonly ConcurrentDictionary<string, Log> _logs = new();

    public ResourceLogs(DistributedApplication application)
    {
        var logger = application.Services.GetRequiredService<ResourceLoggerService>();
        foreach (var resource in application.Services.GetRequiredService<DistributedApplicationModel>().Resources)
        {
            _ = KeepAsync(logger, resource, _logs.GetOrAdd(resource.Name, _ => new Log()));
        }
    }

    public string Of(string resource, bool sinceLastStart)
    {
        var log = _logs[resource];
        lock (log)
        {
            return log.Text.ToString(sinceLastStart ? log.Start : 0, log.Text.Length - (sinceLastStart ? log.Start : 0));
        }
    }

    /// <summary>The resource starts anew.</summary>
    public void Mark(string resource)
    {
        var log = _logs[resource];
        lock (log)
        {
            log.Start = log.Text.Length;
        }
    }

    private static async Task KeepAsync(ResourceLoggerService logger, IResource resource, Log log)
    {
        await foreach (var lines in logger.WatchAsync(resource))
        {
            lock (log)
            {
                foreach (var line in lines)
                {
                    log.Text.AppendLine(line.Content);
                }
            }
        }
    }

    private sealed class Log
    {
        public StringBuilder Text { get; } = new();

        public int Start { get; set; }
    }
}
