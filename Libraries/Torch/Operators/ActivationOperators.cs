using TorchSharp.Modules;
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
        add("Mish", call => nn.functional.mish(call.Input(0)));
        add("Swish", call => call.Input(0) * (call.Input(0) * call.Node.Float("alpha", 1)).sigmoid());
        add("Selu", Selu);
        add("Celu", call => call.Input(0).celu(call.Node.Float("alpha", 1)));
        add("Softsign", call => call.Input(0) / (call.Input(0).abs() + 1));
        add("ThresholdedRelu", call => where(call.Input(0) > call.Node.Float("alpha", 1), call.Input(0), zeros_like(call.Input(0))));
        add("Gelu", Gelu);
        add("LogSoftmax", call => Along(call, (input, axis) => input.log_softmax(axis)));
        add("Clip", Clip);
        add("Softmax", call => Along(call, (input, axis) => input.softmax(axis)));
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

    private static Tensor Selu(OperatorCall call)
    {
        var (alpha, gamma) = (call.Node.Float("alpha", 1.67326319f), call.Node.Float("gamma", 1.05070102f));
        return gamma * where(call.Input(0) > 0, call.Input(0), alpha * (call.Input(0).clamp(max: 0).exp() - 1));
    }

    private static Tensor Gelu(OperatorCall call) => nn.functional.gelu(
        call.Input(0), call.Node.String("approximate", "none") == "tanh" ? GELU.Approximate.tanh : GELU.Approximate.none);

    // Until operator set 12 the axes from "axis" on were one flattened axis.
    private static Tensor Along(OperatorCall call, Func<Tensor, long, Tensor> function)
    {
        var input = call.Input(0);
        if (call.Context.Opset >= 13)
        {
            return function(input, call.Node.Int("axis", -1));
        }

        var axis = (int)call.Node.Int("axis", 1);
        return function(input.flatten(axis < 0 ? axis + input.dim() : axis), -1).reshape(input.shape);
    }
}
