using System.Text;

namespace QatPipeline.Engines.TensorRt;

/// <summary>
/// A folder that a machine with TensorRT builds and times engines from: models, caches, the exact command lines, and one script that does
/// it all and writes <c>results.json</c> there.
/// </summary>
public static class TensorRtDelivery
{
    /// <summary>Name of the script.</summary>
    public const string Script = "build.sh";

    /// <summary>Name of the file with the command lines of each version.</summary>
    public const string CommandFile = "commands.txt";

    /// <summary>Name of the file that the script writes.</summary>
    public const string Results = "results.json";

    private static readonly TrtexecVersion[] Shown = [new(8, 4, 1), new(10, 0, 0), new(11, 0, 0)];

    /// <summary>Writes the folder; every request's files go to its <see cref="EngineBuildRequest.OutputFolder"/>, which is the folder.</summary>
    /// <param name="folder">The folder, created where missing.</param>
    /// <param name="name">What is built, for the reader.</param>
    /// <param name="requests">What to build and, where versions before 8.4 build it from something else, from what.</param>
    /// <param name="options">Arguments of every build.</param>
    /// <param name="detect">
    /// Shell commands that run after the build of <c>$engine</c>, with the pictures' folder in <c>$images</c> where one was named, and
    /// may set <c>detections</c> to the quoted name of a file of COCO results.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The engines of every request and the models that each can come from.</returns>
    /// <exception cref="EngineException">A model or cache is missing or cannot be read.</exception>
    public static async Task<IReadOnlyList<(EngineBuildRequest Request, IReadOnlyList<EngineFile> Engines, IReadOnlyList<string> Models)>>
        WriteAsync(
            string folder,
            string name,
            IReadOnlyList<(EngineBuildRequest Request, EngineBuildRequest? Older)> requests,
            TensorRtOptions options,
            string detect,
            CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        DeliveredEngines[] engines =
            [.. requests.Select(item => Copy(item.Request, item.Older is null ? null : Copy(item.Older, null)))];
        await DeliveryScript.WriteAsync(Path.Combine(folder, Script), name, engines, options, cancellationToken, detect).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, CommandFile), CommandLines(engines, options), cancellationToken).ConfigureAwait(false);
        return [.. engines.Select(engine => (engine.Request, engine.Files.Engines, (IReadOnlyList<string>)[.. engine.Models]))];
    }

    /// <summary>The timing in what the script kept of trtexec's summary.</summary>
    /// <param name="summary">The summary's lines.</param>
    /// <param name="batch">The engine's batch.</param>
    /// <param name="options">How it was timed.</param>
    /// <param name="environment">Version and machine, for reports.</param>
    /// <exception cref="EngineException">The summary has no latencies, or figures that no measurement gives.</exception>
    public static EngineTiming ReadTiming(IEnumerable<string> summary, int batch, TimingOptions options, string environment)
    {
        var timing = TrtexecLog.Timing(string.Join('\n', summary), batch, options, environment);
        var latency = timing.Latency;
        var inFlight = timing.ImagesPerSecond / batch * latency.Mean / 1000;
        return latency is { Min: > 0 } && latency.Min <= latency.Median && latency.Median <= latency.Max
            && latency.Min <= latency.Mean && latency.Mean <= latency.Max && latency.Percentile <= latency.Max
            && inFlight is > 0.01 and < 100
                ? timing
                : throw new EngineException(
                    $"No measurement gives these figures together: {string.Join(" | ", summary)} (latencies must be in order, and the "
                    + "throughput must fit them).");
    }

    private static DeliveredEngines Copy(EngineBuildRequest request, DeliveredEngines? older)
    {
        var files = new TensorRtFiles(request, request.Input ?? OnnxSignature.Read(request.OnnxPath).Input);
        files.CopyInputs(Shown[0]);
        return new DeliveredEngines(request, files, older);
    }

    private static string CommandLines(IReadOnlyList<DeliveredEngines> engines, TensorRtOptions options)
    {
        var text = new StringBuilder();
        foreach (var version in Shown)
        {
            text.Append($"TensorRT {version.Major}.{version.Minor}\n\n");
            foreach (var engine in engines)
            {
                text.Append(Lines(engine, version, options));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Lines(DeliveredEngines engine, TrtexecVersion version, TensorRtOptions options)
    {
        try
        {
            return string.Concat(
                engine.Commands(version, options).Select(command => $"{TrtexecCommand.ToShell("trtexec", command.Arguments)}\n"));
        }
        catch (EngineException exception)
        {
            return $"# {engine.Request.Name}: {exception.Message}\n";
        }
    }
}
