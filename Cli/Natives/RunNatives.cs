using QatPipeline.Coco.Images;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Foundation.Natives;
using QatPipeline.Torch.Native;

namespace QatPipeline.Cli.Natives;

/// <summary>The native code that a run in this process computes with.</summary>
internal static class RunNatives
{
    public static IReadOnlyList<NativeComponent> All { get; } = [SkiaNative.Component, OrtNative.Component, TorchNative.Component];
}
