using System.Globalization;
using QatPipeline.Engines;
using QatPipeline.Foundation;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets.TorchInt8;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Engines;

/// <summary>
/// LibTorch's quantized operators on the CPU: a second back end for the form that ONNX Runtime gets, to prove its engine with kernels of
/// another hand. The engine is a TorchScript archive.
/// </summary>
/// <param name="threads">Threads an operator may use; 0 leaves LibTorch's choice.</param>
/// <param name="inputSize">Height and width in pixels of an engine that leaves the size open, where a batch does not say.</param>
public sealed class TorchInt8Backend(int threads = 0, (int Height, int Width)? inputSize = null) : IEngineBackend
{
    /// <summary>The extension of its engines.</summary>
    public const string Extension = ".pt";

    /// <inheritdoc/>
    public string Name => TargetNames.TorchInt8;

    private string Environment => TorchThread.Run(() =>
    {
        UseThreads();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"LibTorch {TorchSharp.torch.__version__}, quantized operators, CPU, {TorchSharp.torch.get_num_threads()} threads");
    });

    /// <inheritdoc/>
    public Task<EngineBuildResult> BuildAsync(EngineBuildRequest request, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            if (request.Precision != EnginePrecision.Int8)
            {
                throw new EngineException(
                    $"'{request.OnnxPath}' would be built for {request.Precision.ToName()}, but {Name} is there for int8: give it the "
                    + "quantized model in the form for ort-cpu.");
            }

            Directory.CreateDirectory(request.OutputFolder);
            var path = Path.Combine(request.OutputFolder, $"{request.Name}.{Name}{Extension}");
            var graph = OnnxReader.Read(request.OnnxPath);
            AtomicFile.WriteBeside(path, unfinished => TorchInt8Archive.Write(graph, unfinished));
            using var engine = Load(path);
            return new EngineBuildResult
            {
                Status = EngineBuildStatus.Built,
                Builder = Environment,
                Engines = [new EngineFile(path, engine.Input.FixedBatch)],
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public IEngine Load(string enginePath) => Open(enginePath);

    /// <inheritdoc/>
    public async Task<EngineTiming> MeasureAsync(
        string enginePath, int batch, TimingOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        using var engine = Open(enginePath);
        var measured = await TimingLoop.MeasureAsync([() => engine.PrepareRun(batch)], options, cancellationToken).ConfigureAwait(false);
        return EngineTiming.Of(batch, engine.Input.ExecutionOf(batch), measured[0], options, Environment);
    }

    private TorchInt8Engine Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new EngineException($"There is no engine at '{path}'.");
        }

        var signature = TorchInt8Archive.ReadSignature(path)
            ?? throw new EngineException($"'{path}' is not an engine of {Name}: build one with 'qat build-engine MODEL --target {Name}'.");
        return TorchThread.Run(() =>
        {
            UseThreads();
            return new TorchInt8Engine(path, signature, inputSize);
        });
    }

    private void UseThreads()
    {
        if (threads > 0)
        {
            TorchSharp.torch.set_num_threads(threads);
        }
    }
}
