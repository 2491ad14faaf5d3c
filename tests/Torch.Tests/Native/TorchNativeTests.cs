using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Tests.Native;

public class TorchNativeTests
{
    [Fact]
    public void Load_Convolution_RunsForwardAndBackward()
    {
        TorchNative.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var x = torch.arange(16, torch.float32).reshape(1, 1, 4, 4);
        var weight = torch.ones([1, 1, 3, 3], torch.float32, requires_grad: true);
        var y = torch.nn.functional.conv2d(x, weight);
        Assert.Equal([45f, 54f, 81f, 90f], y.data<float>().ToArray());
        y.sum().backward();
        Assert.Equal([10f, 14f, 18f, 26f, 30f, 34f, 42f, 46f, 50f], weight.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Default_Device_HoldsTensors()
    {
        using var tensor = torch.ones(2, device: TorchDevices.Default);
        Assert.Equal(2f, tensor.sum().item<float>());
    }
}
