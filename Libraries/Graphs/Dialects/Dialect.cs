namespace QatPipeline.Graphs.Dialects;

/// <summary>The forms a calibrated graph is written in (architecture, section 3).</summary>
public enum Dialect
{
    /// <summary>The float graph, batch normalization folded: the baseline.</summary>
    Float,

    /// <summary>Explicit quantization for TensorRT 8 and later: Q/DQ nodes, signed symmetric, zero point 0.</summary>
    TensorRtQdq,

    /// <summary>Implicit quantization for TensorRT up to 10: a graph without Q/DQ nodes, and a calibration cache.</summary>
    TensorRtCache,

    /// <summary>Q/DQ nodes where ONNX Runtime on CPU fuses them into integer kernels.</summary>
    OrtCpu,
}
