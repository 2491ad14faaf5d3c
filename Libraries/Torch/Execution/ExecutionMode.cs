namespace QatPipeline.Torch.Execution;

/// <summary>How a network treats the quantizers placed on its graph.</summary>
public enum ExecutionMode
{
    /// <summary>Quantizers are ignored.</summary>
    Float,

    /// <summary>Float execution; every tensor an activation quantizer is applied to is shown to the observer, once per tensor.</summary>
    Observe,

    /// <summary>Enabled, calibrated quantizers round and clip; gradients pass straight through inside the range.</summary>
    FakeQuantize,
}
