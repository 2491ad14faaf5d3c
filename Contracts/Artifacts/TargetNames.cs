namespace QatPipeline.Contracts.Artifacts;

/// <summary>The runtimes that engines are built for.</summary>
public static class TargetNames
{
    /// <summary>ONNX Runtime on the CPU.</summary>
    public const string OrtCpu = "ort-cpu";

    /// <summary>TensorRT, through its trtexec.</summary>
    public const string TensorRt = "tensorrt";

    /// <summary>LibTorch's quantized operators on the CPU, from the form for <see cref="OrtCpu"/>: an engine that proves it.</summary>
    public const string TorchInt8 = "torch-int8";
}
