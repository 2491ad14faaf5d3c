using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Operators;

/// <summary>Batch normalization, live: batch statistics while training, running statistics otherwise.</summary>
internal static class NormalizationOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("BatchNormalization", BatchNormalization);
        add("InstanceNormalization", InstanceNormalization);
    }

    // The running statistics are updated in place: they are buffers of the network.
    private static Tensor BatchNormalization(OperatorCall call)
    {
        if (call.OutputCount > 1)
        {
            throw call.Unsupported("a BatchNormalization with statistics as outputs (training_mode)");
        }

        return batch_norm(
            call.Input(0),
            running_mean: call.Input(3),
            running_var: call.Input(4),
            weight: call.Input(1),
            bias: call.Input(2),
            training: call.Context.IsTraining,
            momentum: call.Context.BatchNormMomentum,
            eps: call.Node.Float("epsilon", 1e-5f));
    }

    private static Tensor InstanceNormalization(OperatorCall call) =>
        instance_norm(call.Input(0), null, null, call.Input(1), call.Input(2), true, 0.1, call.Node.Float("epsilon", 1e-5f));
}
