using System.Runtime.CompilerServices;
using QatPipeline.Torch;

namespace QatPipeline.Yolov6.Tests;

internal static class TorchStart
{
    // Tests make tensors before they touch the library under test.
    [ModuleInitializer]
    internal static void Initialize() => TorchNative.EnsureLoaded();
}
