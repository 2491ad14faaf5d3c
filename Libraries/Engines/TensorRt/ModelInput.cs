using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Reading;

namespace QatPipeline.Engines.TensorRt;

/// <summary>Reads what a model takes and gives without a runtime: it may hold operators that only TensorRT knows.</summary>
internal static class ModelInput
{
    /// <summary>The one input.</summary>
    /// <exception cref="EngineException">The file is no readable model, or takes another number of inputs.</exception>
    public static EngineTensorInfo Read(string onnxPath) => ReadAll(onnxPath).Input;

    /// <summary>Input and outputs.</summary>
    /// <inheritdoc cref="Read"/>
    public static (EngineTensorInfo Input, IReadOnlyList<EngineTensorInfo> Outputs) ReadAll(string onnxPath)
    {
        try
        {
            var graph = OnnxReader.Read(onnxPath);
            var inputs = graph.Inputs.Where(input => !graph.Initializers.ContainsKey(input.Name)).ToArray();
            return inputs.Length == 1
                ? (Describe(inputs[0]), [.. graph.Outputs.Select(Describe)])
                : throw new EngineException($"'{onnxPath}' takes {inputs.Length} inputs: an engine here has one, the images.");
        }
        catch (GraphException exception)
        {
            throw new EngineException($"'{onnxPath}' cannot be read: {exception.Message}", exception);
        }
    }

    private static EngineTensorInfo Describe(ValueInfo value) =>
        new(value.Name, [.. (value.Shape ?? []).Select(dimension => (int)(dimension.Value ?? -1))]);
}
