using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>Opens ONNX Runtime sessions and reads what a model takes and gives.</summary>
internal static class OrtSessions
{
    /// <summary>Version of the runtime, for reports.</summary>
    public static string Version => OrtNative.Component.Load();

    /// <summary>Options for the back end's settings; the caller disposes.</summary>
    public static SessionOptions Options(OrtCpuOptions settings, GraphOptimizationLevel level)
    {
        OrtNative.Component.Load();
        return new SessionOptions
        {
            IntraOpNumThreads = settings.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = level,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
    }

    /// <summary>Opens a model.</summary>
    /// <exception cref="EngineException">The file is missing, or the runtime refuses it.</exception>
    public static InferenceSession Open(string path, SessionOptions options)
    {
        EngineChecks.RequireModel(path);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new EngineException(
                $"ONNX Runtime {Version} cannot load '{path}': {exception.Message} "
                + "Check that the file is complete and that its operators and opset are supported.",
                exception);
        }
    }

    /// <summary>The one image input of a model.</summary>
    /// <exception cref="EngineException">It takes another number of inputs, or no float images.</exception>
    public static EngineTensorInfo Input(InferenceSession session, string path)
    {
        EngineChecks.RequireOneInput(path, [.. session.InputMetadata.Keys]);
        return Describe(session.InputMetadata.Single(), path, typeof(float));
    }

    /// <summary>Name and shape of an output; integers are read as floats.</summary>
    /// <exception cref="EngineException">It is a tensor of another type.</exception>
    public static EngineTensorInfo Output(KeyValuePair<string, NodeMetadata> tensor, string path) =>
        Describe(tensor, path, typeof(float), typeof(long), typeof(int));

    /// <summary>The values of an output as floats.</summary>
    public static float[] Values(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Int64 => Array.ConvertAll(value.GetTensorDataAsSpan<long>().ToArray(), number => (float)number),
        TensorElementType.Int32 => Array.ConvertAll(value.GetTensorDataAsSpan<int>().ToArray(), number => (float)number),
        _ => value.GetTensorDataAsSpan<float>().ToArray(),
    };

    private static EngineTensorInfo Describe(KeyValuePair<string, NodeMetadata> tensor, string path, params Type[] types)
    {
        var (name, metadata) = tensor;
        return metadata.IsTensor && types.Contains(metadata.ElementType)
            ? new EngineTensorInfo(name, metadata.Dimensions)
            : throw new EngineException(
                $"'{name}' of '{path}' holds {metadata.ElementDataType}, not float: export the model with float inputs and outputs.");
    }
}
