using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using QatPipeline.Foundation;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets.OrtCpu;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>
/// ONNX Runtime on the CPU. The engine is the model after <see cref="OrtCpuEngineGraph"/> and all of the runtime's graph optimizations for
/// this processor, an ONNX file in which the fused integer operators can be counted; building the same model on the same machine gives the
/// same bytes.
/// </summary>
public sealed class OrtCpuBackend(OrtCpuOptions? options = null) : IEngineBackend
{
    private readonly OrtCpuOptions _options = options ?? new();

    /// <inheritdoc/>
    public string Name => TargetRegistry.OrtCpu.Name;

    private string Environment => $"ONNX Runtime {OrtSessions.Version}, CPU, " + _options.Threads switch
    {
        0 => "a thread per core",
        1 => "1 thread",
        var threads => string.Create(CultureInfo.InvariantCulture, $"{threads} threads"),
    };

    /// <summary>Checks that the processor's kernels compute so.</summary>
    /// <exception cref="EngineException">They do not.</exception>
    public static void RequirePrecision(EnginePrecision precision)
    {
        if (precision == EnginePrecision.Half)
        {
            throw new EngineException(
                "ONNX Runtime has no fp16 kernels for processors: build fp32 or int8 for ort-cpu, or fp16 for tensorrt.");
        }
    }

    /// <inheritdoc/>
    public Task<EngineBuildResult> BuildAsync(EngineBuildRequest request, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            RequirePrecision(request.Precision);
            Directory.CreateDirectory(request.OutputFolder);
            var path = Path.Combine(request.OutputFolder, $"{request.Name}.ort-cpu.onnx");
            if (_options.OptimizeGraph)
            {
                Optimize(request.OnnxPath, path);
            }
            else
            {
                File.Copy(request.OnnxPath, path, overwrite: true);
            }

            using var engine = (OrtEngine)Load(path);
            return new EngineBuildResult
            {
                Status = EngineBuildStatus.Built,
                Builder = Environment,
                Engines = [new EngineFile(path, engine.Input.FixedBatch)],
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public IEngine Load(string enginePath)
    {
        // The file is already optimized; doing it again would only cost time, and could undo OptimizeGraph = false.
        using var sessionOptions = OrtSessions.Options(_options, GraphOptimizationLevel.ORT_DISABLE_ALL);
        return new OrtEngine(enginePath, sessionOptions, _options.InputSize);
    }

    /// <inheritdoc/>
    public async Task<EngineTiming> MeasureAsync(
        string enginePath, int batch, TimingOptions options, CancellationToken cancellationToken) =>
        (await MeasureTogetherAsync([enginePath], [batch], options, cancellationToken).ConfigureAwait(false))[0][0];

    /// <summary>
    /// Times engines that are to be compared: they take turns, so that a change of the machine's speed meets all of them.
    /// </summary>
    /// <returns>For every engine its timings, one for each batch size, in the order given.</returns>
    /// <exception cref="EngineException">An engine fails.</exception>
    public async Task<IReadOnlyList<EngineTiming>[]> MeasureTogetherAsync(
        IReadOnlyList<string> enginePaths, IReadOnlyList<int> batches, TimingOptions options, CancellationToken cancellationToken)
    {
        var timings = new List<IReadOnlyList<EngineTiming>>();
        foreach (var batch in batches)
        {
            timings.Add(await MeasureBatchAsync(enginePaths, batch, options, cancellationToken).ConfigureAwait(false));
        }

        return [.. enginePaths.Index().Select(engine => timings.Select(batch => batch[engine.Index]).ToArray())];
    }

    private async Task<IReadOnlyList<EngineTiming>> MeasureBatchAsync(
        IReadOnlyList<string> enginePaths, int batch, TimingOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var engines = new List<OrtEngine>();
        try
        {
            engines.AddRange(enginePaths.Select(path => (OrtEngine)Load(path)));
            var measured = await TimingLoop.MeasureAsync(
                    [.. engines.Select<OrtEngine, Func<Action>>(engine => () => engine.PrepareRun(batch))], options, cancellationToken)
                .ConfigureAwait(false);
            return [.. engines.Zip(
                measured, (engine, times) => EngineTiming.Of(batch, engine.Input.ExecutionOf(batch), times, options, Environment))];
        }
        finally
        {
            engines.ForEach(engine => engine.Dispose());
        }
    }

    private void Optimize(string source, string destination) => AtomicFile.WriteBeside(destination, unfinished =>
    {
        var rewritten = TryRewrite(source, unfinished);
        using (var sessionOptions = OrtSessions.Options(_options, GraphOptimizationLevel.ORT_ENABLE_ALL))
        {
            sessionOptions.OptimizedModelFilePath = unfinished;
            using var session = OrtSessions.Open(rewritten ? unfinished : source, sessionOptions);
        }

        File.WriteAllBytes(unfinished, CanonicalModel.Of(File.ReadAllBytes(unfinished)));
    });

    /// <summary>False where there is nothing to rewrite, or where this project does not read the model: the runtime may.</summary>
    private static bool TryRewrite(string source, string destination)
    {
        EngineChecks.RequireModel(source);
        try
        {
            var graph = OnnxReader.Read(source);
            if (!OrtCpuEngineGraph.Rewrite(graph))
            {
                return false;
            }

            OnnxWriter.Write(graph, destination);
            return true;
        }
        catch (GraphException)
        {
            return false;
        }
    }
}
