using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Tests.Support;

internal static class NativeLibrary
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Tests use TorchSharp before anything of the library they test.")]
    internal static void Load() => TorchNative.EnsureLoaded();
}
