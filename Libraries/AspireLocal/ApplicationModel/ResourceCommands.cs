using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The commands that every process has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts a resource that has ended.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stops a resource that runs.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stops and starts a resource.</summary>
    public static readonly string RestartCommand = "restart";
}

/// <summary>Whether a command can be given now.</summary>
public enum ResourceCommandState
{
    /// <summary>It can.</summary>
    Enabled,

    /// <summary>It is shown and cannot.</summary>
    Disabled,

    /// <summary>It is not shown.</summary>
    Hidden,
}

/// <summary>How a command looks in the dashboard.</summary>
public sealed class CommandOptions
{
    /// <summary>A sentence about the command.</summary>
    public string? Description { get; set; }

    /// <summary>A question that the user has to agree to first.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>An icon's name in the Fluent UI set.</summary>
    public string? IconName { get; set; }

    /// <summary>Whether it is a button of its own rather than an entry of the menu.</summary>
    public bool IsHighlighted { get; set; }
}

/// <summary>A command of a resource.</summary>
public sealed class ResourceCommandAnnotation(
    string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions options)
    : IResourceAnnotation
{
    /// <summary>The command's name, unique in the resource.</summary>
    public string Name { get; } = name;

    /// <summary>The name that a user sees.</summary>
    public string DisplayName { get; } = displayName;

    /// <summary>Carries the command out.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;

    internal CommandOptions Options { get; } = options;
}

/// <summary>What a command works on.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The AppHost's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The name of the resource as the dashboard knows it.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Ends the command.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Writes to the AppHost's log.</summary>
    public required ILogger Logger { get; init; }
}

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it did what it was for.</summary>
    public required bool Success { get; init; }

    /// <summary>What the user is told.</summary>
    public string? Message { get; init; }
}

/// <summary>Makes results.</summary>
public static class CommandResults
{
    /// <summary>It did what it was for.</summary>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>It did not.</summary>
    /// <param name="errorMessage">What the user is told.</param>
    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };
}
