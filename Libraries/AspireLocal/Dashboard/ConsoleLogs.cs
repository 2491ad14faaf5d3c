using System.Runtime.CompilerServices;
using System.Threading.Channels;
using QatPipeline.AspireLocal.Dcp;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>What a resource writes to its console, over all of its starts.</summary>
internal sealed class ConsoleLogs(DcpClient client, ResourceStates states)
{
    /// <summary>The lines so far, and with <paramref name="follow"/> those to come, until cancelled.</summary>
    public async IAsyncEnumerable<(string Text, bool IsError)> ReadAsync(
        ResourceInstance instance, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (instance.ObjectKind is null)
        {
            yield break;
        }

        var start = 0;
        do
        {
            await states.WaitAsync(() => instance.Starts > start && instance.Snapshot.StartedAt is not null, cancellationToken);
            start = instance.Starts;
            await foreach (var line in ReadStartAsync(instance.ObjectKind, instance.ObjectName, follow, cancellationToken))
            {
                yield return line;
            }
        }
        while (follow);
    }

    /// <summary>Both streams of one start, line by line as they come.</summary>
    private async IAsyncEnumerable<(string Text, bool IsError)> ReadStartAsync(
        string kind, string name, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<(string, bool)>(1000);
        var both = Task.WhenAll(CopyAsync("stdout", isError: false), CopyAsync("stderr", isError: true));
        var end = both.ContinueWith(
            copied => lines.Writer.TryComplete(copied.Exception?.InnerException),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
        {
            yield return line;
        }

        await end;

        async Task CopyAsync(string source, bool isError)
        {
            await foreach (var line in client.FollowLogAsync(kind, name, source, follow, cancellationToken))
            {
                await lines.Writer.WriteAsync((line, isError), cancellationToken);
            }
        }
    }
}
