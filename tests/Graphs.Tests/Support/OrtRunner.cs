using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Tests.Support;

using Tensor = QatPipeline.Graphs.Model.Tensor;

/// <summary>Runs models in ONNX Runtime on tensors of ours, one thread, unoptimized unless asked for.</summary>
internal static class OrtRunner
{
    public static Dictionary<string, Tensor> Run(Graph graph, IReadOnlyDictionary<string, Tensor> inputs, bool optimize = false) =>
        Run(OnnxWriter.WriteBytes(graph), inputs, optimize);

    public static Dictionary<string, Tensor> Run(byte[] model, IReadOnlyDictionary<string, Tensor> inputs, bool optimize = false)
    {
        using var options = Options(optimize);
        using var session = new InferenceSession(model, options);
        return Run(session, inputs);
    }

    public static Dictionary<string, Tensor> RunFile(string path, IReadOnlyDictionary<string, Tensor> inputs, bool optimize = false)
    {
        using var options = Options(optimize);
        using var session = new InferenceSession(path, options);
        return Run(session, inputs);
    }

    /// <summary>The graph as ONNX Runtime's optimizer leaves it: what really fused.</summary>
    public static Graph Optimized(Graph graph)
    {
        using var folder = new ScratchFolder();
        using var options = Options(optimize: true);
        options.OptimizedModelFilePath = folder.PathOf("optimized.onnx");
        using (new InferenceSession(OnnxWriter.WriteBytes(graph), options))
        {
            return OnnxReader.Read(options.OptimizedModelFilePath);
        }
    }

    private static SessionOptions Options(bool optimize) => new()
    {
        GraphOptimizationLevel = optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
        IntraOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    private static Dictionary<string, Tensor> Run(InferenceSession session, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var names = inputs.Keys.ToArray();
        var values = names.Select(name => ToOrt(inputs[name])).ToArray();
        try
        {
            using var options = new RunOptions();
            using var results = session.Run(options, names, values, session.OutputNames);
            return session.OutputNames
                .Zip(results, (name, value) => (name, value))
                .ToDictionary(pair => pair.name, pair => FromOrt(pair.value));
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    private static OrtValue ToOrt(Tensor tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, (TensorElementType)tensor.Type, [.. tensor.Dimensions]);
        tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static Tensor FromOrt(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return new Tensor((ElementType)info.ElementDataType, info.Shape, value.GetTensorMutableRawData().ToArray());
    }
}
