using System.ComponentModel;
using System.Diagnostics;

namespace QatPipeline.Engines.TensorRt;

/// <summary>Runs trtexec and keeps what it prints, both streams in the order of arrival.</summary>
internal static class TrtexecProcess
{
    /// <summary>Runs to the end.</summary>
    /// <exception cref="EngineException">
    /// It cannot be started, or takes longer than the limit; then it and its children are ended.
    /// </exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var output = new StringWriter();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new EngineException(
                $"'{program}' cannot be started: {exception.Message}. Check that it is an executable trtexec.", exception);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException($"trtexec took longer than {timeout}: raise Timeout. It last said: {TrtexecLog.Tail(Text(output))}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, Text(output));
    }

    private static void Append(StringWriter output, string? line)
    {
        if (line is not null)
        {
            lock (output)
            {
                output.Write(line);
                output.Write('\n');
            }
        }
    }

    private static string Text(StringWriter output)
    {
        lock (output)
        {
            return output.ToString();
        }
    }
}
