using Grpc.Core;
using QatPipeline.AspireLocal.Dashboard.Protocol;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>Answers the dashboard's questions about the resources.</summary>
internal sealed class ResourceService(
    DashboardOptions options, ResourceStates states, ResourceCommands commands, ConsoleLogs logs) : DashboardService.DashboardServiceBase
{
    public override Task<ApplicationInformationResponse> GetApplicationInformation(
        ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = options.ApplicationName });

    public override Task WatchResources(
        WatchResourcesRequest request,
        IServerStreamWriter<WatchResourcesUpdate> responseStream,
        ServerCallContext context) => UntilEndAsync(async () =>
    {
        var initial = new InitialResourceData();
        initial.Resources.AddRange(states.Instances.Select(Describe));
        await responseStream.WriteAsync(new WatchResourcesUpdate { InitialData = initial }, context.CancellationToken);
        await foreach (var instance in states.WatchAsync(context.CancellationToken))
        {
            var change = new WatchResourcesChange { Upsert = Describe(instance) };
            await responseStream.WriteAsync(
                new WatchResourcesUpdate { Changes = new WatchResourcesChanges { Value = { change } } }, context.CancellationToken);
        }
    });

    public override Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request,
        IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context) =>
        UntilEndAsync(async () =>
        {
            var instance = states.Instances.FirstOrDefault(candidate => candidate.Name == request.ResourceName)
                ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no resource '{request.ResourceName}'."));
            var number = 0;
            await foreach (var (text, isError) in logs.ReadAsync(instance, !request.SuppressFollow, context.CancellationToken))
            {
                var line = new ConsoleLogLine { Text = text, IsStdErr = isError, LineNumber = ++number };
                await responseStream.WriteAsync(new WatchResourceConsoleLogsUpdate { LogLines = { line } }, context.CancellationToken);
            }
        });

    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        var result = await commands.ExecuteAsync(request.ResourceName, request.CommandName, context.CancellationToken);
        var response = new ResourceCommandResponse
        {
            Kind = result.Success ? ResourceCommandResponseKind.Succeeded : ResourceCommandResponseKind.Failed,
        };
        if (result.Message is { } message)
        {
            response.ErrorMessage = message;
            response.Message = message;
        }

        return response;
    }

    /// <summary>
    /// Stays open and says nothing: the resources page waits for the stream, and this application never asks its user anything.
    /// </summary>
    public override Task WatchInteractions(
        IAsyncStreamReader<WatchInteractionsRequestUpdate> requestStream,
        IServerStreamWriter<WatchInteractionsResponseUpdate> responseStream,
        ServerCallContext context) => UntilEndAsync(() => Task.Delay(Timeout.Infinite, context.CancellationToken));

    private static async Task UntilEndAsync(Func<Task> stream)
    {
        try
        {
            await stream();
        }
        catch (OperationCanceledException)
        {
            // The dashboard has hung up, or the application ends.
        }
    }

    private Resource Describe(ResourceInstance instance) => ResourceMessages.Describe(instance, states, commands.Of(instance));
}
