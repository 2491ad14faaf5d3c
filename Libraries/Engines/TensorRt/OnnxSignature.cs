using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.TensorRt;

/// <summary>Reads what a model takes and gives without a runtime: it may hold operators that only TensorRT knows.</summary>
internal static class OnnxSignature
{
    /// <summary>The one input, and the outputs.</summary>
    /// <exception cref="EngineException">The file is not a readable model, or takes another number of inputs.</exception>
    public static (EngineTensorInfo Input, IReadOnlyList<EngineTensorInfo> Outputs) Read(string onnxPath)
    {
        try
        {
            var graph = OnnxReader.Read(onnxPath);
            var inputs = graph.Inputs.Where(input => !graph.Initializers.ContainsKey(input.Name)).ToArray();
            EngineChecks.RequireOneInput(onnxPath, [.. inputs.Select(input => input.Name)]);
            return (Describe(inputs[0]), [.. graph.Outputs.Select(Describe)]);
        }
        catch (GraphException exception)
        {
            throw new EngineException($"'{onnxPath}' cannot be read: {exception.Message}", exception);
        }
    }

    private static EngineTensorInfo Describe(ValueInfo value) =>
        new(value.Name, [.. (value.Shape ?? []).Select(dimension => (int)(dimension.Value ?? -1))]);
}
