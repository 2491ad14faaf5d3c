using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>A process of a test, killed with its children when disposed. Its output is kept for messages.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly StringBuilder output = new();
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    /// <summary>How it ended.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Everything it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Append(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.Append(line.Data);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Ends it as the system's out-of-memory killer would, with all its children.</summary>
    public void Kill()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    /// <summary>Asks it to end, as the system does when it shuts down, and waits until it has.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        await WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits until the probe says yes; fails when the process ends before, or after the time-out.</summary>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!await isReady())
        {
            if (HasExited)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}:\n{Output}");
            }

            if (waited.Elapsed > timeout)
            {
                throw new TimeoutException($"{process.StartInfo.FileName} is not ready after {timeout}:\n{Output}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Waits until it has ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>Waits until it ends; everything it wrote.</summary>
    public async Task<string> WaitForOutputAsync(CancellationToken cancellationToken)
    {
        // Only this way of waiting includes the output that is still on its way.
        await process.WaitForExitAsync(cancellationToken);
        return Output;
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Append(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
