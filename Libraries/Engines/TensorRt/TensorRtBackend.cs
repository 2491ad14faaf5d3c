using System.Globalization;
using QatPipeline.Graphs;

namespace QatPipeline.Engines.TensorRt;

/// <summary>
/// TensorRT 8 to 11 through its trtexec. Quantization comes with the model (Q/DQ, every version) or beside it (calibration cache, up to
/// version 10). An open batch gets one engine per batch size, specialised to it. Without trtexec the model, the cache and a script
/// with the exact command lines are delivered for a machine that has it.
/// </summary>
public sealed class TensorRtBackend(TensorRtOptions? options = null) : IEngineBackend
{
    /// <summary>The version whose command lines a delivery reports; its script covers all.</summary>
    private static readonly TrtexecVersion DeliveredFor = new(10, 0, 0);

    private readonly TensorRtOptions _options = options ?? new();

    /// <inheritdoc/>
    public string Name => TargetRegistry.TensorRt.Name;

    /// <summary>The version of TensorRT that would be used and the path of its trtexec; null where there is none.</summary>
    /// <exception cref="EngineException">The configured one is missing, or the one found is not supported.</exception>
    public static async Task<string?> DescribeAsync(TensorRtOptions options, CancellationToken cancellationToken) =>
        await Trtexec.FindAsync(options, cancellationToken).ConfigureAwait(false) is { } trtexec
            ? $"TensorRT {trtexec.Version}, {trtexec.Path}"
            : null;

    /// <summary>The version of TensorRT that would be used; null where there is none.</summary>
    /// <exception cref="EngineException">The configured one is missing, or the one found is not supported.</exception>
    public static async Task<TrtexecVersion?> VersionAsync(TensorRtOptions options, CancellationToken cancellationToken) =>
        (await Trtexec.FindAsync(options, cancellationToken).ConfigureAwait(false))?.Version;

    /// <inheritdoc/>
    public async Task<EngineBuildResult> BuildAsync(EngineBuildRequest request, CancellationToken cancellationToken)
    {
        request.Timing.Validate();
        var trtexec = await Trtexec.FindAsync(_options, cancellationToken).ConfigureAwait(false);
        var input = request.Input ?? OnnxSignature.Read(request.OnnxPath).Input;
        Directory.CreateDirectory(request.OutputFolder);
        var files = new TensorRtFiles(request, input);
        files.CopyInputs(trtexec?.Version ?? DeliveredFor);
        return trtexec is null
            ? await DeliverAsync(request, files, cancellationToken).ConfigureAwait(false)
            : await BuildAsync(trtexec, request, files, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IEngine Load(string enginePath) => Load(enginePath, null);

    /// <summary>Loads a built engine whose model does not lie beside it.</summary>
    /// <param name="enginePath">The engine, named as it was built: the name tells its batch.</param>
    /// <param name="modelPath">A model with the same input and outputs; null takes the one beside the engine.</param>
    /// <exception cref="EngineException">A file is missing, or there is no trtexec here.</exception>
    public IEngine Load(string enginePath, string? modelPath)
    {
        var trtexec = Task.Run(() => RequireAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return new TensorRtEngine(trtexec, enginePath, modelPath);
    }

    /// <inheritdoc/>
    public async Task<EngineTiming> MeasureAsync(
        string enginePath, int batch, TimingOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var trtexec = await RequireAsync(cancellationToken).ConfigureAwait(false);
        var engine = new TensorRtEngine(trtexec, enginePath);
        var arguments = TrtexecCommand.MeasureArguments(trtexec.Version, enginePath, engine.ShapeOf(batch), options);
        var output = await trtexec.RunAsync(arguments, $"{enginePath}.timing.log", cancellationToken).ConfigureAwait(false);
        return TrtexecLog.Timing(output, batch, options, Describe(trtexec.Version));
    }

    private static string Describe(TrtexecVersion version) => string.Create(CultureInfo.InvariantCulture, $"TensorRT {version}, trtexec");

    private async Task<EngineBuildResult> BuildAsync(
        Trtexec trtexec, EngineBuildRequest request, TensorRtFiles files, CancellationToken cancellationToken)
    {
        var (commands, timings, remarks) = (new List<string>(), new List<EngineTiming>(), new List<string>());
        foreach (var target in files.Engines)
        {
            var build = new TrtexecCommand.Build(files.Onnx, target.Path, request.Precision, files.Cache, files.ShapeOf(target));
            var arguments = TrtexecCommand.BuildArguments(trtexec.Version, build, _options, request.Timing);
            commands.Add(TrtexecCommand.ToShell(trtexec.Path, arguments));
            var output = await trtexec.RunAsync(arguments, TensorRtFiles.LogOf(target), cancellationToken).ConfigureAwait(false);
            timings.Add(TrtexecLog.Timing(output, target.Batch!.Value, request.Timing, Describe(trtexec.Version)));
            var floating = TrtexecLog.TensorsWithoutScale(output);
            if (floating.Count > 0)
            {
                var names = string.Join(", ", floating.Take(5)) + (floating.Count > 5 ? ", …" : "");
                remarks.Add($"{floating.Count} tensors have no scale, so their layers run in float: {names}.");
            }
        }

        return new EngineBuildResult
        {
            Status = EngineBuildStatus.Built,
            Builder = Describe(trtexec.Version),
            Engines = files.Engines,
            OtherFiles = [files.Onnx, .. files.Caches, .. files.Engines.Select(TensorRtFiles.LogOf)],
            CommandLines = commands,
            Timings = timings,
            Remark = string.Join(' ', remarks.Distinct(StringComparer.Ordinal)),
        };
    }

    private async Task<EngineBuildResult> DeliverAsync(EngineBuildRequest request, TensorRtFiles files, CancellationToken cancellationToken)
    {
        var script = Path.Combine(request.OutputFolder, $"{request.Name}.tensorrt.sh");
        var engine = new DeliveredEngines(request, files);
        await DeliveryScript.WriteAsync(script, request.Name, [engine], _options, cancellationToken).ConfigureAwait(false);
        return new EngineBuildResult
        {
            Status = EngineBuildStatus.Delivered,
            Builder = "TensorRT, to be built elsewhere",
            Engines = files.Engines,
            OtherFiles = [files.Onnx, .. files.Caches, script],
            CommandLines = [.. engine.Commands(DeliveredFor, _options).Select(command => TrtexecCommand.ToShell("trtexec", command.Arguments))],
            Remark = $"There is no trtexec here. Copy '{request.OutputFolder}' to a machine with TensorRT 8 to 11 "
                + $"and run {Path.GetFileName(script)} there; "
                + $"the command lines shown are those of version {DeliveredFor.Major}.",
        };
    }

    private async Task<Trtexec> RequireAsync(CancellationToken cancellationToken) =>
        await Trtexec.FindAsync(_options, cancellationToken).ConfigureAwait(false) ?? throw new EngineException(
            "There is no trtexec on the PATH or at its usual places: set TrtexecPath, or run this on a machine with TensorRT.");
}
