namespace QatPipeline.Engines.TensorRt;

/// <summary>What of this machine decides which TensorRT engines it builds.</summary>
public static class TensorRtMachine
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>The version of TensorRT and the GPUs with their driver; null where there is no trtexec.</summary>
    /// <exception cref="EngineException">The configured trtexec is missing, or the one found is not supported.</exception>
    public static string? Identify(TensorRtOptions options) => Task.Run(() => IdentifyAsync(options)).GetAwaiter().GetResult();

    private static async Task<string?> IdentifyAsync(TensorRtOptions options) =>
        await TensorRtBackend.VersionAsync(options, CancellationToken.None).ConfigureAwait(false) is { } version
            ? $"TensorRT {version}, {await GpusAsync().ConfigureAwait(false)}"
            : null;

    private static async Task<string> GpusAsync()
    {
        try
        {
            var (exitCode, output) = await TrtexecProcess
                .RunAsync("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], Limit, CancellationToken.None)
                .ConfigureAwait(false);
            return exitCode == 0 ? string.Join("; ", output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) : "GPU unknown";
        }
        catch (EngineException)
        {
            return "GPU unknown";
        }
    }
}
