using System.Runtime.InteropServices;

namespace QatPipeline.Torch.Native;

/// <summary>Where tensors lie, for native code that computes on the same device.</summary>
internal static unsafe class TensorMemory
{
    private static readonly delegate* unmanaged<nint, nint> Data = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(
        NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null), "THSTensor_data");

    /// <summary>The address of the first element in the memory of the tensor's device; valid as long as the tensor.</summary>
    public static nint AddressOf(Tensor tensor) => Data(tensor.Handle);
}
