using System.Collections.Concurrent;
using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>Notes which runs' requests a process has passed on to their first stage.</summary>
internal sealed class RoutedRequests : IConsumeMessageObserver<PipelineRequested>
{
    private readonly ConcurrentQueue<string> _runIds = new();

    public IReadOnlyCollection<string> RunIds => _runIds;

    public Task PreConsume(ConsumeContext<PipelineRequested> context) => Task.CompletedTask;

    public Task PostConsume(ConsumeContext<PipelineRequested> context)
    {
        if (context.ReceiveContext.InputAddress.AbsolutePath.EndsWith($"/{EventRouter.Queue}", StringComparison.Ordinal))
        {
            _runIds.Enqueue(context.Message.RunId);
        }

        return Task.CompletedTask;
    }

    public Task ConsumeFault(ConsumeContext<PipelineRequested> context, Exception exception) => Task.CompletedTask;
}
