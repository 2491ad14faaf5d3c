using System.ComponentModel;
using System.Diagnostics;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>Whether containers can be run here.</summary>
internal static class ContainerEngine
{
    private static readonly string[] Engines = ["docker", "podman"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly Lazy<bool> Answer = new(() => Engines.Any(AnswersNow));

    /// <summary>Whether an engine answers; a client without its engine does not count.</summary>
    public static bool Answers => Answer.Value;

    private static bool AnswersNow(string engine)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(engine, ["info", "--format", "{{.ID}}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (process.WaitForExit(Limit))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            // No such program.
            return false;
        }
    }
}
