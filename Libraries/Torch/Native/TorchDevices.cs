namespace QatPipeline.Torch.Native;

/// <summary>Where tensors live and how many threads work on them.</summary>
public static class TorchDevices
{
    /// <summary>CUDA where the backend and a device for it are there, else the CPU.</summary>
    public static torch.Device Default { get; } = torch.cuda.is_available() ? torch.CUDA : torch.CPU;

    /// <summary>Sets the number of threads of one operation on the CPU. Results are reproducible only for a fixed number.</summary>
    public static void SetThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        torch.set_num_threads(threads);
    }
}
