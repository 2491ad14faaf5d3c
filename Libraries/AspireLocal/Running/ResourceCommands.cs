using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace QatPipeline.AspireLocal.Running;

/// <summary>The commands of a resource: start, stop and restart for every process, and those of the model.</summary>
internal sealed class ResourceCommands(ResourceLifecycle lifecycle, ResourceStates states, IServiceProvider services, ILogger logger)
{
    /// <summary>A resource's commands, each with whether it can be given now.</summary>
    public IEnumerable<(ResourceCommandAnnotation Command, ResourceCommandState State)> Of(ResourceInstance instance)
    {
        var ended = instance.Snapshot.HasEnded;
        var running = instance.Snapshot.IsRunning ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
        if (instance.ObjectKind is not null)
        {
            yield return (Lifecycle(KnownResourceCommands.StartCommand, "Start", "Play", token => lifecycle.StartAsync(instance, token)),
                ended ? ResourceCommandState.Enabled : ResourceCommandState.Hidden);
            yield return (Lifecycle(KnownResourceCommands.StopCommand, "Stop", "Stop", token => lifecycle.StopAsync(instance, token)),
                ended ? ResourceCommandState.Hidden : running);
            yield return (
                Lifecycle(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", token => RestartAsync(instance, token)),
                running);
        }

        foreach (var command in instance.Resource.Annotations.OfType<ResourceCommandAnnotation>())
        {
            yield return (command, running);
        }
    }

    /// <summary>Carries a command out.</summary>
    /// <param name="resourceName">The name of the resource in the dashboard.</param>
    /// <param name="commandName">The command's name.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    public async Task<ExecuteCommandResult> ExecuteAsync(string resourceName, string commandName, CancellationToken cancellationToken)
    {
        var instance = states.Instances.FirstOrDefault(candidate => candidate.Name == resourceName);
        var command = instance is null ? null : Of(instance).Select(item => item.Command).FirstOrDefault(item => item.Name == commandName);
        return command is null
            ? CommandResults.Failure($"The resource '{resourceName}' has no command '{commandName}'.")
            : await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = services,
                ResourceName = resourceName,
                CancellationToken = cancellationToken,
                Logger = logger,
            });
    }

    private async Task RestartAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        await lifecycle.StopAsync(instance, cancellationToken);
        await lifecycle.StartAsync(instance, cancellationToken);
    }

    private static ResourceCommandAnnotation Lifecycle(
        string name, string displayName, string icon, Func<CancellationToken, Task> action) => new(
        name,
        displayName,
        async context =>
        {
            await action(context.CancellationToken);
            return CommandResults.Success();
        },
        new CommandOptions { IconName = icon, IsHighlighted = true });
}
