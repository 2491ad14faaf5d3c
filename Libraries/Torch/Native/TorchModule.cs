using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace QatPipeline.Torch.Native;

internal static class TorchModule
{
    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "The native library must be resolvable before the first TorchSharp call of this assembly.")]
    internal static void Initialize() => TorchNative.EnsureLoaded();
}
