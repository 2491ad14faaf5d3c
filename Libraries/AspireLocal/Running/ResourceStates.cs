using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QatPipeline.AspireLocal.Running;

/// <summary>The state of every resource, and news of its changes.</summary>
internal sealed class ResourceStates
{
    private readonly Lock _gate = new();
    private readonly List<Channel<ResourceInstance>> _watchers = [];

    public ResourceStates(ApplicationResources resources, TimeProvider time)
    {
        Time = time;
        Instances =
        [
            .. resources.All.SelectMany(resource => Enumerable
                .Range(0, resource.TryGetLastAnnotation<ReplicaAnnotation>(out var replicas) ? replicas.Replicas : 1)
                .Select(_ => new ResourceInstance(resource, time.GetUtcNow()))),
        ];
    }

    public TimeProvider Time { get; }

    public ImmutableArray<ResourceInstance> Instances { get; }

    public IEnumerable<ResourceInstance> Of(IResource resource) => Instances.Where(instance => instance.Resource == resource);

    /// <summary>Changes a resource's state; whoever watches is told, unless nothing changed.</summary>
    public void Update(ResourceInstance instance, Func<ResourceSnapshot, ResourceSnapshot> change)
    {
        lock (_gate)
        {
            var next = change(instance.Snapshot);
            if (next == instance.Snapshot)
            {
                return;
            }

            instance.Snapshot = next;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(instance);
            }
        }
    }

    /// <summary>Sets what the health checks said, for as long as the resource runs.</summary>
    public void UpdateHealth(ResourceInstance instance, IEnumerable<KeyValuePair<string, HealthReportEntry>> entries)
    {
        var now = Time.GetUtcNow();
        Update(instance, snapshot => !snapshot.IsRunning ? snapshot : snapshot with
        {
            Health = snapshot.Health.SetItems(entries.Select(entry => KeyValuePair.Create<string, HealthResult?>(
                entry.Key,
                new HealthResult(entry.Value.Status, entry.Value.Description, entry.Value.Exception?.Message, now)))),
        });
    }

    /// <summary>Every instance once, then each one that changes, until cancelled.</summary>
    public async IAsyncEnumerable<ResourceInstance> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ResourceInstance>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            _watchers.Add(channel);
        }

        try
        {
            foreach (var instance in Instances)
            {
                yield return instance;
            }

            await foreach (var instance in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return instance;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>Waits until a condition on the states holds; it is looked at again after every change.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        await foreach (var _ in WatchAsync(cancellationToken))
        {
            if (condition())
            {
                return;
            }
        }
    }

    /// <summary>Waits as well, but for a limited time.</summary>
    /// <returns>Whether the condition holds.</returns>
    public async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            await WaitAsync(condition, limited.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
