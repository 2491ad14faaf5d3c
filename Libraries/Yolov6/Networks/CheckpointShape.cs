using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Networks;

/// <summary>Reads off a checkpoint which network it is of: its form, width, depth and classes.</summary>
public static class CheckpointShape
{
    private const string DeepestBlocks = "backbone.ERBlock_4.1.block.";
    private const int WidestChannels = 1024;
    private const int DeepestRepeats = 18;

    /// <summary>The options of the network as it is used: branches of RepVGG blocks merged.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">It is not of such a network.</exception>
    public static Yolov6Options OptionsOf(StateDict state, string name)
    {
        var form = FormOf(state);
        var blocks = state.Names
            .Where(entry => entry.StartsWith(DeepestBlocks, StringComparison.Ordinal))
            .Select(entry => entry[DeepestBlocks.Length..entry.IndexOf('.', DeepestBlocks.Length)])
            .Distinct()
            .Count();
        var widest = form switch
        {
            Yolov6Form.RepVggDeploy when state.TryGet("backbone.ERBlock_5.0.rbr_reparam.weight", out var merged) => merged,
            Yolov6Form.RepVggDeploy => Entry("backbone.ERBlock_5.0.rbr_dense.conv.weight"),
            _ => Entry("backbone.ERBlock_5.0.conv.weight"),
        };
        return new Yolov6Options
        {
            // Every layer's channels follow exactly from the widest, which are a power of two times the others at full width.
            WidthMultiple = (double)widest.Shape[0] / WidestChannels,
            DepthMultiple = (double)(blocks + 1) / DeepestRepeats,
            ClassCount = (int)Entry("detect.cls_preds.0.weight").Shape[0],
            Form = form,
        };

        StateTensor Entry(string entry) => state.TryGet(entry, out var tensor) && tensor.Shape.Length == 4
            ? tensor
            : throw new CheckpointException(
                $"{name} has no weight {entry}: it is not a checkpoint of YOLOv6-N, T or S or a scaled one of them.");
    }

    private static Yolov6Form FormOf(StateDict state) =>
        state.Names.Any(entry => entry.Contains(".scale_conv.", StringComparison.Ordinal)) ? Yolov6Form.HyperSearch
        : state.Names.Any(entry => entry.Contains(".rbr_", StringComparison.Ordinal)) ? Yolov6Form.RepVggDeploy
        : state.Names.Any(entry => entry.StartsWith("backbone.stem.bn.", StringComparison.Ordinal)) ? Yolov6Form.RepOpt
        : Yolov6Form.Fused;
}
