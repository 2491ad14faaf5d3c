using QatPipeline.Engines;
using QatPipeline.Graphs.Targets.TorchInt8;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace QatPipeline.Stages.Torch.Engines;

/// <summary>A TorchScript archive as an engine.</summary>
internal sealed class TorchInt8Engine : IEngine
{
    private readonly string _path;
    private readonly ScriptedNetwork _network;
    private readonly EngineTensorInfo _declared;
    private readonly List<Tensor> _preparedInputs = [];

    public TorchInt8Engine(string path, ArchiveSignature signature, (int Height, int Width)? size)
    {
        (_path, _network) = (path, new ScriptedNetwork(path));
        _declared = Describe(signature.Input);
        Input = size is var (height, width) ? _declared.Sized(height, width) : _declared;
        Outputs = [.. signature.Outputs.Select(Describe)];
    }

    public EngineTensorInfo Input { get; }

    public IReadOnlyList<EngineTensorInfo> Outputs { get; }

    public IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, IReadOnlyList<string>? outputs = null) =>
        Run(images, batch, Input, outputs);

    public IReadOnlyList<EngineOutput> Run(ReadOnlyMemory<float> images, int batch, int height, int width) =>
        Run(images, batch, _declared.Sized(height, width), null);

    /// <summary>An action that computes one batch of zeros, for timing: the input is made once and kept, outputs are not copied.</summary>
    public Action PrepareRun(int batch)
    {
        var images = TorchThread.Run(() => zeros([.. Input.ShapeOf(batch).Select(size => (long)size)]).DetachFromDisposeScope());
        _preparedInputs.Add(images);
        return () => TorchThread.Run(() =>
        {
            using var scope = NewDisposeScope();
            return Forward(images, batch).Length;
        });
    }

    public void Dispose()
    {
        _preparedInputs.ForEach(input => input.Dispose());
        _network.Dispose();
    }

    private static EngineTensorInfo Describe(ArchiveTensor tensor) => new(tensor.Name, tensor.Shape);

    private EngineOutput[] Run(
        ReadOnlyMemory<float> images, int batch, EngineTensorInfo taken, IReadOnlyList<string>? outputs)
    {
        EngineChecks.RequireBatch(taken, images.Length, batch);
        var shape = taken.ShapeOf(batch);
        var names = Outputs.Select(output => output.Name).ToList();
        EngineChecks.RequireOutputs(_path, names, outputs ?? []);
        int[] wanted = [.. (outputs ?? names).Select(name => names.IndexOf(name))];
        return TorchThread.Run(() =>
        {
            using var scope = NewDisposeScope();
            var found = Forward(new PixelBatch(images, shape[0], shape[1], shape[2], shape[3]).ToTensor(CPU), batch);
            return Array.ConvertAll(wanted, index => new EngineOutput(
                Outputs[index].Name, Array.ConvertAll(found[index].shape, size => checked((int)size)), found[index].ToFloats()));
        });
    }

    private Tensor[] Forward(Tensor images, int batch)
    {
        var parts = images.split(EngineChecks.StepOf(_path, Input, batch)).Select(_network.Forward).ToArray();
        return parts is [var only]
            ? only
            : [.. Enumerable.Range(0, Outputs.Count).Select(index => cat([.. parts.Select(part => part[index])]))];
    }
}
