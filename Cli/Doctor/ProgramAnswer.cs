using System.ComponentModel;
using System.Diagnostics;

namespace QatPipeline.Cli.Doctor;

/// <summary>What an installed program says when it is asked, for instance for its version.</summary>
internal static class ProgramAnswer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>What the program prints, trimmed; null where it cannot be started, fails, or does not end in time.</summary>
    public static async Task<string?> OfAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            // From the command's own folder: the SDK reads which version the project asks for.
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = AppContext.BaseDirectory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                var error = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await error;
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? output.Trim() : null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
