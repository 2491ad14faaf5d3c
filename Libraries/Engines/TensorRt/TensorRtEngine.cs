using System.Runtime.InteropServices;
using System.Text.Json;

namespace QatPipeline.Engines.TensorRt;

/// <summary>
/// A TensorRT engine run by trtexec: each run is a process that loads the engine, reads the images from a file and writes the outputs
/// as JSON. Seconds a run, so give it large batches; for evaluation, not for serving.
/// </summary>
internal sealed class TensorRtEngine : IEngine
{
    private readonly Trtexec _trtexec;
    private readonly string _path;
    private readonly int? _batch;

    /// <param name="trtexec">What runs it.</param>
    /// <param name="path">The engine; its name tells the batch where the model leaves that open.</param>
    /// <param name="modelPath">A model with its input and outputs; the one beside the engine where null.</param>
    /// <exception cref="EngineException">The engine or the model is missing.</exception>
    public TensorRtEngine(Trtexec trtexec, string path, string? modelPath = null)
    {
        (_trtexec, _path) = (trtexec, path);
        if (!File.Exists(path))
        {
            throw new EngineException($"There is no engine at '{path}'.");
        }

        (Input, Outputs) = OnnxSignature.Read(modelPath ?? TensorRtFiles.ModelOf(path));
        _batch = Input.FixedBatch ?? BatchOf(path);
    }

    public EngineTensorInfo Input { get; }

    public IReadOnlyList<EngineTensorInfo> Outputs { get; }

    /// <summary>The shape to name for a batch; null for a model of fixed batch.</summary>
    public (string Name, IReadOnlyList<int> Dimensions)? ShapeOf(int batch) =>
        _batch is { } size && size != batch
            ? throw new EngineException($"'{_path}' was built for batch {size}, not {batch}: build one for it.")
            : Input.FixedBatch is null ? (Input.Name, Input.ShapeOf(batch)) : null;

    public IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, IReadOnlyList<string>? outputs = null)
    {
        EngineChecks.RequireBatch(Input, images.Length, batch);
        if ((_batch ?? batch) == batch)
        {
            return RunBatch(images, batch, outputs);
        }

        // Parts of the engine's own batch, the last one filled up with black images whose outputs are dropped.
        var (step, perImage) = (_batch!.Value, Input.ElementsPerImage);
        var parts = new List<IReadOnlyList<EngineOutput>>();
        for (var done = 0; done < batch; done += step)
        {
            var part = new float[step * perImage];
            var count = Math.Min(step, batch - done);
            images.Slice(done * perImage, count * perImage).CopyTo(part);
            parts.Add([.. RunBatch(part, step, outputs).Select(output => output.First(count))]);
        }

        return [.. parts[0].Select((_, index) => EngineOutput.Join([.. parts.Select(part => part[index])]))];
    }

    public void Dispose()
    {
        // Every run is a process of its own: nothing is held in between.
    }

    private IReadOnlyList<EngineOutput> RunBatch(ReadOnlyMemory<float> images, int batch, IReadOnlyList<string>? outputs)
    {
        var folder = Directory.CreateTempSubdirectory("trtexec-");
        try
        {
            var (inputFile, outputFile) = (Path.Combine(folder.FullName, "images.bin"), Path.Combine(folder.FullName, "outputs.json"));
            File.WriteAllBytes(inputFile, MemoryMarshal.AsBytes(images.Span));
            var arguments = TrtexecCommand.RunArguments(_path, ShapeOf(batch), Input.Name, inputFile, outputFile);
            Task.Run(() => _trtexec.RunAsync(arguments, $"{_path}.run.log", CancellationToken.None)).GetAwaiter().GetResult();
            var all = Parse(File.ReadAllBytes(outputFile));
            EngineChecks.RequireOutputs(_path, [.. all.Select(output => output.Name)], outputs ?? []);
            return outputs is null ? all : [.. outputs.Select(name => all.First(output => output.Name == name))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Reads trtexec's outputs:
    /// <code>
    /// [ { "name" : "outputs", "dimensions" : "1x2x2", "values" : [ 0.5, 1, 2, 3 ] } ]
    /// </code>
    /// </summary>
    internal static IReadOnlyList<EngineOutput> Parse(ReadOnlySpan<byte> json) =>
    [
        .. JsonSerializer.Deserialize<WrittenOutput[]>(json, JsonSerializerOptions.Web)!.Select(output => new EngineOutput(
            output.Name, [.. output.Dimensions.Split('x').Select(size => int.Parse(size, provider: null))], output.Values)),
    ];

    private static int? BatchOf(string path)
    {
        var suffix = Path.GetExtension(Path.GetFileNameWithoutExtension(path));
        return suffix.StartsWith(".b", StringComparison.Ordinal) && int.TryParse(suffix.AsSpan(2), out var batch) ? batch : null;
    }

    private sealed record WrittenOutput(string Name, string Dimensions, float[] Values);
}
