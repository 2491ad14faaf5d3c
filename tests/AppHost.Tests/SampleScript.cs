using System.ComponentModel;
using System.Diagnostics;

namespace QatPipeline.AppHost.Tests;

/// <summary>Executes the examples of <c>samples/triggers</c>.</summary>
internal static class SampleScript
{
    public static string PathOf(string name) => Path.Combine(TestData.RepositoryRoot, "samples", "triggers", name);

    /// <summary>Whether the program is there and ends with 0.</summary>
    public static async Task<bool> SucceedsAsync(string program, params string[] arguments)
    {
        using var process = TryStart(program, arguments, []);
        if (process is null)
        {
            return false;
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }

    /// <summary>Executes a sample with a trigger; its output is the message where it fails.</summary>
    public static async Task ExecuteAsync(string interpreter, string sample, string trigger, Dictionary<string, string> environment)
    {
        using var process = TryStart(interpreter, [PathOf(sample), trigger], environment)!;
        var token = TestContext.Current.CancellationToken;
        var output = await process.StandardOutput.ReadToEndAsync(token) + await process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }

    private static Process? TryStart(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            // No such program.
            return null;
        }
    }
}
