using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests.Losses;

/// <summary>Tests on the reference's check values; the tensors of each test are gone after it.</summary>
public abstract class ReferenceTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    private protected ReferenceCase Case { get; } = new();

    public void Dispose()
    {
        Case.Dispose();
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }
}
