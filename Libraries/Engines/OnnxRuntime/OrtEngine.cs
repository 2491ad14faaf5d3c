using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>An ONNX Runtime session over a model with one image input. Safe for concurrent runs.</summary>
internal sealed class OrtEngine : IEngine
{
    private readonly string _path;
    private readonly InferenceSession _session;
    private readonly EngineTensorInfo _declared;
    private readonly RunOptions _runOptions = new();
    private readonly List<OrtValue> _preparedInputs = [];

    public OrtEngine(string path, SessionOptions options, (int Height, int Width)? size = null)
    {
        (_path, _session) = (path, OrtSessions.Open(path, options));
        _declared = OrtSessions.Input(_session, path);
        Input = size is var (height, width) ? _declared.Sized(height, width) : _declared;
        Outputs = [.. _session.OutputMetadata.Select(output => OrtSessions.Output(output, path))];
    }

    public EngineTensorInfo Input { get; }

    public IReadOnlyList<EngineTensorInfo> Outputs { get; }

    public IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, IReadOnlyList<string>? outputs = null) =>
        Run(images, batch, Input, outputs);

    public IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, int height, int width) =>
        Run(images, batch, _declared.Sized(height, width), null);

    /// <summary>An action that computes one batch of zeros, for timing: the input is made once and kept, outputs are not copied.</summary>
    public Action PrepareRun(int batch)
    {
        var step = StepOf(Input, Input.ElementsPerImage * batch, batch);
        var input = OrtValue.CreateTensorValueFromMemory(new float[Input.ElementsPerImage * step], LongShape(Input, step));
        _preparedInputs.Add(input);
        string[] inputNames = [Input.Name];
        string[] names = [.. Outputs.Select(output => output.Name)];
        return () =>
        {
            for (var done = 0; done < batch; done += step)
            {
                using var results = _session.Run(_runOptions, inputNames, [input], names);
            }
        };
    }

    /// <summary>Ends profiling, where the session was opened for it, and gives the file with the events.</summary>
    public string EndProfiling() => _session.EndProfiling();

    public void Dispose()
    {
        _preparedInputs.ForEach(input => input.Dispose());
        _runOptions.Dispose();
        _session.Dispose();
    }

    private IReadOnlyList<EngineOutput> Run(
        ReadOnlyMemory<float> images, int batch, EngineTensorInfo taken, IReadOnlyList<string>? outputs)
    {
        var step = StepOf(taken, images.Length, batch);
        var names = outputs is null ? [.. Outputs.Select(output => output.Name)] : CheckNames(outputs);
        var perStep = taken.ElementsPerImage * step;
        var parts = new List<EngineOutput[]>();
        for (var start = 0; start < images.Length; start += perStep)
        {
            // An input is only read.
            var part = MemoryMarshal.AsMemory(images.Slice(start, perStep));
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, part, LongShape(taken, step));
            parts.Add(RunStep(input, names));
        }

        return [.. Enumerable.Range(0, names.Length).Select(index => EngineOutput.Join([.. parts.Select(part => part[index])]))];
    }

    private EngineOutput[] RunStep(OrtValue input, string[] names)
    {
        try
        {
            using var results = _session.Run(_runOptions, [Input.Name], [input], names);
            return [.. names.Zip(results, (name, value) => new EngineOutput(
                name,
                [.. value.GetTensorTypeAndShape().Shape.Select(size => checked((int)size))],
                OrtSessions.Values(value)))];
        }
        catch (OnnxRuntimeException exception)
        {
            throw new EngineException($"ONNX Runtime failed in '{_path}': {exception.Message}", exception);
        }
    }

    private int StepOf(EngineTensorInfo taken, int elements, int batch)
    {
        var step = EngineChecks.StepOf(_path, Input, batch);
        EngineChecks.RequireBatch(taken, elements, batch);
        return step;
    }

    private string[] CheckNames(IReadOnlyList<string> names)
    {
        EngineChecks.RequireOutputs(_path, [.. Outputs.Select(output => output.Name)], names);
        return [.. names];
    }

    private static long[] LongShape(EngineTensorInfo taken, int batch) => [.. taken.ShapeOf(batch).Select(size => (long)size)];
}
