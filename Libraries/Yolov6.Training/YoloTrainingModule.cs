using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using QatPipeline.Torch.Native;

namespace QatPipeline.Yolov6.Training;

internal static class YoloTrainingModule
{
    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "The native library must be resolvable before the first TorchSharp call of this assembly.")]
    internal static void Initialize() => TorchNative.EnsureLoaded();
}
