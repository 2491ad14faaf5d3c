using System.Text;
using System.Text.Json;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using RabbitMQ.Client;

namespace QatPipeline.AppHost.Tests;

/// <summary>A client that knows the documented exchange and events, and nothing of this project's bus library.</summary>
internal sealed class PipelineClient : IAsyncDisposable
{
    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly string queue;

    private PipelineClient(IConnection connection, IChannel channel, string queue) =>
        (this.connection, this.channel, this.queue) = (connection, channel, queue);

    /// <summary>Connects, and listens to the ends of runs from now on.</summary>
    public static async Task<PipelineClient> ConnectAsync(Uri broker, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var queue = await channel.QueueDeclareAsync(cancellationToken: cancellationToken);
        foreach (var ended in new[] { nameof(PipelineCompleted), nameof(StageFailed) })
        {
            await channel.QueueBindAsync(queue.QueueName, $"QatPipeline.Contracts.V1:{ended}", "", cancellationToken: cancellationToken);
        }

        return new PipelineClient(connection, channel, queue.QueueName);
    }

    /// <summary>Publishes a trigger: plain JSON.</summary>
    public async Task RequestAsync(string json, CancellationToken cancellationToken) =>
        await channel.BasicPublishAsync(
            PipelineTopology.TriggerExchange, "", Encoding.UTF8.GetBytes(json), cancellationToken: cancellationToken);

    /// <summary>Waits for the run's completion.</summary>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public async Task<PipelineCompleted> WaitForCompletionAsync(string runId, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The event is the envelope's "message".
            if (await channel.BasicGetAsync(queue, autoAck: true, cancellationToken) is not { } delivery)
            {
                await Task.Delay(100, cancellationToken);
                continue;
            }

            var message = JsonDocument.Parse(delivery.Body).RootElement.GetProperty("message");
            if (message.GetProperty("runId").GetString() != runId)
            {
                continue;
            }

            return message.TryGetProperty("remedy", out _)
                ? throw new InvalidOperationException($"The run failed: {message}")
                : message.Deserialize<PipelineCompleted>(PipelineJson.Compact)!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
