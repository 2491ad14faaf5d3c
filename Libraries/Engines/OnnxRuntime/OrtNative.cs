using Microsoft.ML.OnnxRuntime;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>The native part of ONNX Runtime.</summary>
public static class OrtNative
{
    private const string LibraryFile = "libonnxruntime.so";

    /// <summary>The runtime; its version is that of the native library.</summary>
    public static NativeComponent Component { get; } = new("ONNX Runtime", () =>
    {
        NativeFile.Load(NativeFile.Find(LibraryFile, typeof(OrtEnv).Assembly));
        return OrtEnv.Instance().GetVersionString();
    });
}
