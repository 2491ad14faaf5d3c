using System.Runtime.CompilerServices;

namespace QatPipeline.Torch.Tests.Execution;

public sealed class TensorConversionTests
{
    /// <summary>Kernels choose their order of summation by the address: an unaligned weight gives other bits in the next process.</summary>
    [Fact]
    public void ToTorch_Constants_LieInAlignedMemory()
    {
        for (var length = 1; length <= 16; length++)
        {
            using var tensor = GraphTensor.FromFloats([length], new float[length]).ToTorch();
            Assert.Equal(0, Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref tensor.bytes[0]) % 64);
        }
    }
}
