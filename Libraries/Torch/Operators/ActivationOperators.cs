using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Operators;

/// <summary>Element-wise activation functions.</summary>
internal static class ActivationOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Relu", call => relu(call.Input(0)));
        add("LeakyRelu", call => leaky_relu(call.Input(0), call.Node.Float("alpha", 0.01f)));
        add("PRelu", call => where(call.Input(0) < 0, call.Input(0) * call.Input(1), call.Input(0)));
        add("Elu", call => elu(call.Input(0), call.Node.Float("alpha", 1)));
        add("Sigmoid", call => call.Input(0).sigmoid());
        add("Tanh", call => call.Input(0).tanh());
        add("Softplus", call => call.Input(0).softplus());
        add("HardSwish", call => hardswish(call.Input(0)));
        add("HardSigmoid", HardSigmoid);
        add("Clip", Clip);
        add("Softmax", Softmax);
    }

    private static Tensor HardSigmoid(OperatorCall call) =>
        (call.Input(0) * call.Node.Float("alpha", 0.2f)).add_(call.Node.Float("beta", 0.5f)).clamp(0, 1);

    private static Tensor Clip(OperatorCall call)
    {
        var low = call.Scalar(1, "min", double.NegativeInfinity);
        var high = call.Scalar(2, "max", double.PositiveInfinity);
        return (double.IsFinite(low), double.IsFinite(high)) switch
        {
            (false, false) => call.Input(0).alias(),
            (false, true) => call.Input(0).clamp(max: high),
            (true, false) => call.Input(0).clamp(min: low),
            _ => call.Input(0).clamp(low, high),
        };
    }

    // Until operator set 12 the axes from "axis" on were one flattened axis.
    private static Tensor Softmax(OperatorCall call)
    {
        var input = call.Input(0);
        if (call.Context.Opset >= 13)
        {
            return input.softmax(call.Node.Int("axis", -1));
        }

        var axis = (int)call.Node.Int("axis", 1);
        return input.flatten(axis < 0 ? axis + input.dim() : axis).softmax(-1).reshape(input.shape);
    }
}
