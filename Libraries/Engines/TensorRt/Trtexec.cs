namespace QatPipeline.Engines.TensorRt;

/// <summary>A trtexec that was found, and its version.</summary>
internal sealed class Trtexec
{
    /// <summary>Where NVIDIA's packages and containers put it.</summary>
    private static readonly string[] UsualFolders = ["/usr/src/tensorrt/bin", "/opt/tensorrt/bin"];

    private readonly TimeSpan _timeout;

    private Trtexec(string path, TrtexecVersion version, TimeSpan timeout) => (Path, Version, _timeout) = (path, version, timeout);

    public string Path { get; }

    public TrtexecVersion Version { get; }

    /// <summary>The configured one, else the first on the PATH or at a usual place; null where there is none.</summary>
    /// <exception cref="EngineException">The configured one is missing, or the one found is not supported.</exception>
    public static async Task<Trtexec?> FindAsync(TensorRtOptions options, CancellationToken cancellationToken)
    {
        if (options.TrtexecPath is { } configured && !File.Exists(configured))
        {
            throw new EngineException($"There is no trtexec at '{configured}': correct TrtexecPath, or leave it out to search the PATH.");
        }

        var path = options.TrtexecPath ?? Search();
        if (path is null)
        {
            return null;
        }

        // The banner comes first whatever the arguments; --help ends with 0 in every version, --version does not.
        var (_, output) = await TrtexecProcess.RunAsync(path, ["--help"], TimeSpan.FromMinutes(2), cancellationToken).ConfigureAwait(false);
        var version = TrtexecVersion.FromBanner(output)
            ?? throw new EngineException(
                $"'{path}' prints no TensorRT version: it is not trtexec, or cannot start. It said: {TrtexecLog.Tail(output)}");
        return version.Major >= TrtexecVersion.OldestMajor
            ? new Trtexec(path, version, options.Timeout)
            : throw new EngineException($"'{path}' is TensorRT {version}; version {TrtexecVersion.OldestMajor} or later is needed.");
    }

    /// <summary>Runs it, writes its output to a log, and gives the output of a run that passed.</summary>
    /// <exception cref="EngineException">It failed; the message explains why.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, string logPath, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await TrtexecProcess.RunAsync(Path, arguments, _timeout, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(logPath, output, cancellationToken).ConfigureAwait(false);
        return exitCode == 0 && !output.Contains("&&&& FAILED", StringComparison.Ordinal)
            ? output
            : throw new EngineException(TrtexecFailure.Explain(output, exitCode, TrtexecCommand.ToShell(Path, arguments), logPath));
    }

    private static string? Search() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualFolders)
            .Select(folder => System.IO.Path.Combine(folder, "trtexec"))
            .FirstOrDefault(File.Exists);
}
