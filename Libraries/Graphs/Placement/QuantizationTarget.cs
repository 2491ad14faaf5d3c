namespace QatPipeline.Graphs.Placement;

/// <summary>The runtime whose fusions the placement of quantizers serves.</summary>
public enum QuantizationTarget
{
    /// <summary>Signed symmetric, quantizers on the inputs of layers only; the builder derives what lies between.</summary>
    TensorRt,

    /// <summary>Unsigned activations; every integer operator's inputs and outputs are quantized.</summary>
    OrtCpu,
}
