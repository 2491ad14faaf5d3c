using System.Diagnostics;

namespace QatPipeline.Chaos;

/// <summary>Commands of the operating system.</summary>
internal static class Shell
{
    /// <summary>Runs the command; false where it fails or does not exist.</summary>
    public static bool Run(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
