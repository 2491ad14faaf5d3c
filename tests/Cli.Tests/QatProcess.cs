using System.Diagnostics;

namespace QatPipeline.Cli.Tests;

/// <summary>Runs the built command as a user does.</summary>
internal static class QatProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>The command's path.</summary>
    public static string Built { get; } = Path.Combine(AppContext.BaseDirectory, "qat");

    public static Process Start(params string[] arguments) => StartProgram(Built, arguments);

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunProgramAsync(Built, arguments);

    /// <summary>Runs a copy of the command that lies elsewhere.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunProgramAsync(string program, params string[] arguments)
    {
        using var process = StartProgram(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    private static Process StartProgram(string program, string[] arguments) =>
        // Background jobs of scripts ignore SIGINT, and so would what they start.
        Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
