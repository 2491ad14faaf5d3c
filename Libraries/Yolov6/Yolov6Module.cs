using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using QatPipeline.Torch.Native;

namespace QatPipeline.Yolov6;

internal static class Yolov6Module
{
    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "The native library must be resolvable before the first TorchSharp call of this assembly.")]
    internal static void Initialize() => TorchNative.EnsureLoaded();
}
