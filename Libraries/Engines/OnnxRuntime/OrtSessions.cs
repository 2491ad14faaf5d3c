using Microsoft.ML.OnnxRuntime;

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
        return Describe(session.InputMetadata.Single(), path);
    }

    /// <summary>Name and shape of a float tensor.</summary>
    /// <exception cref="EngineException">It is not a float tensor.</exception>
    public static EngineTensorInfo Describe(KeyValuePair<string, NodeMetadata> tensor, string path)
    {
        var (name, metadata) = tensor;
        return metadata.IsTensor && metadata.ElementType == typeof(float)
            ? new EngineTensorInfo(name, metadata.Dimensions)
            : throw new EngineException(
                $"'{name}' of '{path}' holds {metadata.ElementDataType}, not float: export the model with float inputs and outputs.");
    }
}
