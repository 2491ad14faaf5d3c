namespace QatPipeline.Torch.Native;

/// <summary>Where tensors live.</summary>
public static class TorchDevices
{
    /// <summary>CUDA where the backend and a device for it are there, else the CPU.</summary>
    public static torch.Device Default { get; } = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
}
