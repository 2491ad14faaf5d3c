using System.Runtime.CompilerServices;
using QatPipeline.Torch.Native;

namespace QatPipeline.Yolov6.Training.Tests;

internal static class TorchStart
{
    // Tests make tensors before they touch the library under test. One thread: networks this small only wait for each other's threads.
    [ModuleInitializer]
    internal static void Initialize()
    {
        TorchNative.EnsureLoaded();
        TorchSharp.torch.set_num_threads(1);
    }
}
