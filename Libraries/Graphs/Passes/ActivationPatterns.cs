namespace QatPipeline.Graphs.Passes;

/// <summary>Activations that take more than one node in some operator sets.</summary>
internal enum ActivationKind
{
    /// <summary>x·sigmoid(x): Sigmoid and Mul, for ONNX has no operator for it up to opset 21.</summary>
    Silu,

    /// <summary>x·max(0, min(1, x/6 + 1/2)): HardSwish from opset 14, HardSigmoid and Mul before.</summary>
    HardSwish,
}

/// <summary>An activation: what goes in, what comes out, and the nodes between, in order.</summary>
internal sealed record ActivationMatch(ActivationKind Kind, string Input, string Output, IReadOnlyList<Node> Nodes);

/// <summary>Recognises activations in the forms that <see cref="FuseSilu"/> and <see cref="FuseHardSwish"/> leave.</summary>
internal static class ActivationPatterns
{
    /// <summary>The activation that ends in a node; null where there is none. Quantizers on its nodes' inputs do not hide it.</summary>
    public static ActivationMatch? Match(Node last, GraphLinks links)
    {
        if (last.Is("HardSwish"))
        {
            return new(ActivationKind.HardSwish, last.Inputs[0], last.Outputs[0], [last]);
        }

        if (!last.Is("Mul") || last.Inputs.Count != 2)
        {
            return null;
        }

        for (var index = 0; index < 2; index++)
        {
            var gate = links.ProducerOf(last.Inputs[index]);
            var input = last.Inputs[1 - index];
            if (gate is null || gate.Input(0) != input || links.SoleConsumerOf(gate.Outputs[0]) != last)
            {
                continue;
            }

            if (gate.Is("Sigmoid"))
            {
                return new(ActivationKind.Silu, input, last.Outputs[0], [gate, last]);
            }

            if (IsHardSwishGate(gate))
            {
                return new(ActivationKind.HardSwish, input, last.Outputs[0], [gate, last]);
            }
        }

        return null;
    }

    internal static bool IsHardSwishGate(Node node) =>
        node.Is("HardSigmoid") && MathF.Abs(node.Float("alpha", 0.2f) - (1 / 6f)) <= 1e-6f && node.Float("beta", 0.5f) == 0.5f;
}
