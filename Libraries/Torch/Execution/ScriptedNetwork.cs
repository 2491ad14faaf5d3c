using System.Runtime.InteropServices;

namespace QatPipeline.Torch.Execution;

/// <summary>A TorchScript archive with one input and a list of outputs, run by LibTorch on the CPU. Not thread-safe.</summary>
public sealed class ScriptedNetwork : IDisposable
{
    private readonly string _path;
    private readonly jit.ScriptModule<Tensor, Tensor[]> _module;

    /// <summary>Loads the archive; its weights are packed for this processor.</summary>
    /// <exception cref="TorchExecutionException">LibTorch cannot read it.</exception>
    public ScriptedNetwork(string path)
    {
        _path = path;
        try
        {
            _module = jit.load<Tensor, Tensor[]>(path);
        }
        catch (ExternalException error)
        {
            throw Failed("is not a TorchScript archive that LibTorch can load", error);
        }
    }

    /// <summary>Runs a batch [N,C,H,W].</summary>
    /// <returns>The outputs in the module's order, owned by the caller or the caller's dispose scope.</returns>
    /// <exception cref="TorchExecutionException">An operator fails on this input.</exception>
    public Tensor[] Forward(Tensor images)
    {
        using var gradients = no_grad();
        try
        {
            return _module.call(images);
        }
        catch (ExternalException error)
        {
            throw Failed($"failed on an input [{string.Join(",", images.shape)}]", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    private TorchExecutionException Failed(string what, ExternalException error) => new($"'{_path}' {what}: {error.Message}", error);
}
