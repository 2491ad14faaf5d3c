using System.Globalization;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.Engines.TensorRt;

/// <summary>The files of one build: everything lies in the output folder, so that the folder can be carried to another machine.</summary>
internal sealed class TensorRtFiles
{
    private readonly EngineBuildRequest _request;
    private readonly EngineTensorInfo _input;

    public TensorRtFiles(EngineBuildRequest request, EngineTensorInfo input)
    {
        (_request, _input) = (request, input);
        var model = request.ModelName ?? request.Name;
        Onnx = PathOf(model, ".onnx");
        Cache = request.CalibrationCachePath is null ? null : PathOf(model, ".cache");
        Engines = input.FixedBatch is { } batch
            ? [new EngineFile(PathOf(request.Name, $".b{batch}.engine"), batch)]
            : [.. request.Batches.Select(size => new EngineFile(PathOf(request.Name, $".b{size}.engine"), size))];
    }

    public string Onnx { get; }

    public string? Cache { get; }

    public IEnumerable<string> Caches => Cache is null ? [] : [Cache];

    public IReadOnlyList<EngineFile> Engines { get; }

    public static string LogOf(EngineFile engine) => $"{engine.Path}.build.log";

    /// <summary>The model an engine was built from, which lies beside it: <c>name.b32.engine</c> from <c>name.onnx</c>.</summary>
    public static string ModelOf(string enginePath) => Path.ChangeExtension(Path.ChangeExtension(enginePath, null), ".onnx");

    /// <summary>The shape to name for an engine; null for a model of fixed batch, which refuses one.</summary>
    public (string Name, IReadOnlyList<int> Dimensions)? ShapeOf(EngineFile engine) =>
        _input.FixedBatch is null ? (_input.Name, _input.ShapeOf(engine.Batch!.Value)) : null;

    /// <summary>
    /// Copies model and cache. The cache's first line is made to name the version that reads it: TensorRT 10 refuses another one
    /// ("Calibration table does not match calibrator algorithm type") and then tries to calibrate without data.
    /// </summary>
    /// <exception cref="EngineException">The model is missing, or the file is not a calibration cache.</exception>
    public void CopyInputs(TrtexecVersion version)
    {
        EngineChecks.RequireModel(_request.OnnxPath);
        if (Path.GetFullPath(_request.OnnxPath) != Path.GetFullPath(Onnx))
        {
            File.Copy(_request.OnnxPath, Onnx, overwrite: true);
        }

        if (Cache is null)
        {
            return;
        }

        try
        {
            var cache = CalibrationCache.Read(_request.CalibrationCachePath!);
            File.WriteAllBytes(Cache, (cache with { Version = version.Number.ToString(CultureInfo.InvariantCulture) }).ToBytes());
        }
        catch (GraphException exception)
        {
            throw new EngineException($"The calibration cache cannot be used: {exception.Message}", exception);
        }
    }

    private string PathOf(string name, string extension) => Path.Combine(_request.OutputFolder, name + extension);
}
