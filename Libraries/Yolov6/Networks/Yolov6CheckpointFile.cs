using QatPipeline.Graphs.Onnx;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// Weights of a YOLOv6 in whichever file they come: PyTorch checkpoint, safetensors or ONNX. The content decides, not the name.
/// </summary>
public static class Yolov6CheckpointFile
{
    /// <summary>The network with the file's weights; ranges that it holds are left aside.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network as it is used; branches of a RepVGG checkpoint are merged for a deployed one.</param>
    /// <exception cref="CheckpointException">The file is unreadable, or it is of another network.</exception>
    public static Graph Load(string path, Yolov6Network network) =>
        CheckpointFile.TryRead(path) is { } state ? Load(path, network, state) : LoadOnnx(path, network);

    /// <summary>The network with the weights of a checkpoint that is read already.</summary>
    /// <param name="path">What error messages call it.</param>
    /// <param name="network">The network as it is used; branches of a RepVGG checkpoint are merged for a deployed one.</param>
    /// <param name="state">Its entries.</param>
    /// <exception cref="CheckpointException">It is of another network.</exception>
    public static Graph Load(string path, Yolov6Network network, StateDict state)
    {
        var hasBranches = state.Names.Any(name => name.Contains(".rbr_dense.", StringComparison.Ordinal));
        var (graph, report) = Yolov6Weights.Load(
            network.Graph,
            hasBranches && network.Options.Form == Yolov6Form.RepVggDeploy ? RepVggMerge.Merge(state, network.Outputs.RepBlocks) : state);
        report.RequireComplete(path);
        return graph;
    }

    // An exported file has lost its names, and its batch normalizations are folded.
    private static Graph LoadOnnx(string path, Yolov6Network network)
    {
        var fused = Yolov6Network.Build(network.Options with { Form = Yolov6Form.Fused }).Graph;
        var state = Yolov6Weights.FromExecutionOrder(OnnxReader.Read(path), fused);
        var (graph, report) = Yolov6Weights.Load(fused, state);
        report.RequireComplete(path);
        return graph;
    }
}
