namespace QatPipeline.Torch.Execution;

/// <summary>
/// Sees the tensors that activation quantizers are applied to while a network runs in <see cref="ExecutionMode.Observe"/>.
/// </summary>
public interface ITensorObserver
{
    /// <summary>Called once per quantizer and tensor of a forward pass; the tensor is valid during the call only.</summary>
    void Observe(Quantizer quantizer, Tensor value);
}
