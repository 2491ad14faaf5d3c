using System.Diagnostics;

namespace QatPipeline.Benchmarks.Overhead;

/// <summary>The command line as a person uses it, with a data folder of its own.</summary>
internal static class QatCommand
{
    /// <summary>Runs a command to its end; what it says goes into a file in the folder.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    public static async Task RunAsync(DirectoryInfo folder, params string[] arguments)
    {
        using var command = Start(folder, arguments);
        await command.WaitForExitAsync();
        if (command.ExitCode != 0)
        {
            throw new InvalidOperationException($"./qat {string.Join(' ', arguments)} ended with {command.ExitCode}: {Said(folder, arguments)}");
        }
    }

    /// <summary>Starts a command.</summary>
    public static Process Start(DirectoryInfo folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash")
        {
            Environment =
            {
                ["QAT_DATA"] = Path.Combine(folder.FullName, "data"),
                ["Storage__CacheFolder"] = Path.Combine(folder.FullName, "cache"),
            },
        };

        // The shell writes the log and becomes the command, which signals then reach.
        foreach (var argument in new[] { "-c", "log=$1; shift; exec ./qat \"$@\" >\"$log\" 2>&1 </dev/null", "qat", LogOf(folder, arguments) }
            .Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>What a command said so far.</summary>
    public static string Said(DirectoryInfo folder, params string[] arguments) => File.ReadAllText(LogOf(folder, arguments));

    private static string LogOf(DirectoryInfo folder, string[] arguments) => Path.Combine(folder.FullName, $"{arguments[0]}.log");
}
