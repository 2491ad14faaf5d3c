using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>
/// TensorRT's rules: a quantizer on the input of everything that has an int8 kernel, none on outputs. The builder moves the pairs over
/// concatenations and activations by itself, except where noted.
/// </summary>
internal static class TensorRtRules
{
    private static readonly string[] WindowAttributes = ["kernel_shape", "strides", "pads", "dilations"];

    public static void Place(PlacementContext context)
    {
        foreach (var node in context.Graph.Nodes.Where(node => node.Domain.Length == 0 && !context.IsSkipped(node)))
        {
            if (context.IsWeighted(node))
            {
                AddInput(context, node);
                context.AddWeight(node);
            }
            else if (context.Region.Contains(node))
            {
                PlaceBetweenLayers(context, node);
            }
        }
    }

    private static void PlaceBetweenLayers(PlacementContext context, Node node)
    {
        switch (node.OpType)
        {
            case "MaxPool" when ChainedQuantizer(context, node) is { } shared:
                shared.Uses.Add(new QuantizerUse(node.Name, 0));
                break;
            case "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Resize" when context.IsActivation(node.Inputs[0]):
                AddInput(context, node);
                break;
            case "Add" when node.Inputs.Count == 2 && node.Inputs.TrueForAll(context.IsActivation):
                PlaceResidual(context, node);
                break;
            case "Concat":
                PlaceResampledBranches(context, node);
                break;
            default:
                break;
        }
    }

    /// <summary>Pools applied one after the other with the same window are one layer applied repeatedly: one quantizer.</summary>
    private static Quantizer? ChainedQuantizer(PlacementContext context, Node pool) =>
        context.Links.ProducerOf(pool.Inputs[0]) is { } previous && previous.Is("MaxPool") && HaveSameWindow(previous, pool)
            ? context.Graph.Quantizers.Find(quantizer => quantizer.Uses.Contains(new QuantizerUse(previous.Name, 0)))
            : null;

    private static bool HaveSameWindow(Node first, Node second) =>
        WindowAttributes.All(name => (first.Ints(name) ?? []).SequenceEqual(second.Ints(name) ?? []))
        && first.Int("ceil_mode", 0) == second.Int("ceil_mode", 0);

    /// <summary>A convolution absorbs the addition when its other operand, the shortcut, is int8 too.</summary>
    private static void PlaceResidual(PlacementContext context, Node add)
    {
        var fused = add.Inputs.ConvertAll(input => IsConvolutionOutput(context, input));
        for (var index = 0; index < 2; index++)
        {
            if (!fused[index] || (index == 1 && fused[0]))
            {
                context.AddActivation(
                    $"{add.Name}._input{index}_quantizer", QuantizationScheme.SignedSymmetric, new QuantizerUse(add.Name, index));
            }
        }
    }

    private static bool IsConvolutionOutput(PlacementContext context, string value)
    {
        var producer = context.Links.ProducerOf(value);
        if (OperatorRoles.IsBatchNormalization(producer))
        {
            producer = context.Links.ProducerOf(producer!.Inputs[0]);
        }

        return producer is not null && context.IsWeighted(producer) && context.Links.SoleConsumerOf(value) is not null;
    }

    /// <summary>
    /// An upsampled map enters a concatenation without an activation whose kernel could requantize it: it gets the concatenation's scale
    /// from a quantizer of its own. A convolution's output takes that scale in its own epilogue and needs none.
    /// </summary>
    private static void PlaceResampledBranches(PlacementContext context, Node concat)
    {
        for (var index = 0; index < concat.Inputs.Count; index++)
        {
            if (context.Links.ProducerOf(concat.Inputs[index]) is { } producer
                && (producer.Is("ConvTranspose") || producer.Is("Resize"))
                && !context.IsSkipped(producer))
            {
                context.AddActivation(
                    $"{context.HostName(producer)}._output_quantizer",
                    QuantizationScheme.SignedSymmetric,
                    new QuantizerUse(concat.Name, index));
            }
        }
    }

    private static void AddInput(PlacementContext context, Node node) =>
        context.AddActivation(
            $"{context.HostName(node)}._input_quantizer", QuantizationScheme.SignedSymmetric, new QuantizerUse(node.Name, 0));
}
