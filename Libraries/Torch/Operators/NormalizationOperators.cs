using QatPipeline.Torch.Normalization;
using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Operators;

/// <summary>Batch normalization, live: batch statistics while training, running statistics otherwise.</summary>
internal static class NormalizationOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("BatchNormalization", BatchNormalization);
        add("InstanceNormalization", InstanceNormalization);
        add("GroupNormalization", GroupNormalization);
        add("LayerNormalization", LayerNormalization);
        add("RMSNormalization", RmsNormalization);
        add("LpNormalization", LpNormalization);
        add("LRN", LocalResponse);
    }

    // The running statistics are updated in place: they are buffers of the network.
    private static Tensor BatchNormalization(OperatorCall call)
    {
        if (call.OutputCount > 1)
        {
            throw call.Unsupported("a BatchNormalization with statistics as outputs (training_mode)");
        }

        var epsilon = call.Node.Float("epsilon", 1e-5f);
        if (call.Context is { IsTraining: true, Ranks.Size: > 1 } context)
        {
            ISharedNorm norm = TensorSpans.IsDirect(call.Input(0))
                ? new SharedBatchNorm(context.Ranks, call.Input(3), call.Input(4), context.BatchNormMomentum, epsilon)
                : new SharedDeviceBatchNorm(context.Ranks, call.Input(3), call.Input(4), context.BatchNormMomentum, epsilon);
            return SharedBatchNormFunction.Apply(call.Input(0), call.Input(1), call.Input(2), norm);
        }

        return batch_norm(
            call.Input(0),
            running_mean: call.Input(3),
            running_var: call.Input(4),
            weight: call.Input(1),
            bias: call.Input(2),
            training: call.Context.IsTraining,
            momentum: call.Context.BatchNormMomentum,
            eps: epsilon);
    }

    private static Tensor InstanceNormalization(OperatorCall call) =>
        instance_norm(call.Input(0), null, null, call.Input(1), call.Input(2), true, 0.1, call.Node.Float("epsilon", 1e-5f));

    // Until operator set 20 scale and bias were one number a group.
    private static Tensor GroupNormalization(OperatorCall call)
    {
        var (input, groups) = (call.Input(0), call.Node.Int("num_groups", 1));
        var channels = input.shape[1] / groups;
        Tensor PerChannel(Tensor values) =>
            values.shape[0] == groups && channels > 1 ? values.repeat_interleave(channels, 0) : values;
        return nn.functional.group_norm(
            input, groups, PerChannel(call.Input(1)), PerChannel(call.Input(2)), call.Node.Float("epsilon", 1e-5f));
    }

    private static Tensor LayerNormalization(OperatorCall call)
    {
        var input = call.Input(0);
        var normalized = nn.functional.layer_norm(input, FromAxis(call, input), eps: call.Node.Float("epsilon", 1e-5f)) * call.Input(1);
        return call.Optional(2) is { } bias ? normalized + bias : normalized;
    }

    private static Tensor RmsNormalization(OperatorCall call)
    {
        var input = call.Input(0);
        long[] axes = [.. Enumerable.Range(1, FromAxis(call, input).Length).Select(axis => (long)-axis)];
        return input * (input.square().mean(axes, keepdim: true) + call.Node.Float("epsilon", 1e-5f)).rsqrt() * call.Input(1);
    }

    /// <summary>The sizes of the axes that are normalised together: from <c>axis</c> to the last.</summary>
    private static long[] FromAxis(OperatorCall call, Tensor input)
    {
        if (call.OutputCount > 1)
        {
            throw call.Unsupported("a normalization that gives its mean or deviation too");
        }

        var axis = (int)call.Node.Int("axis", -1);
        return input.shape[(axis < 0 ? axis + input.shape.Length : axis)..];
    }

    private static Tensor LpNormalization(OperatorCall call)
    {
        var length = linalg.vector_norm(
            call.Input(0), call.Node.Int("p", 2), [call.Node.Int("axis", -1)], keepdim: true);

        // A vector of zeros stays one.
        return where(length == 0, zeros_like(call.Input(0)), call.Input(0) / length);
    }

    private static Tensor LocalResponse(OperatorCall call) => nn.functional.local_response_norm(
        call.Input(0),
        call.Node.Int("size", 1),
        call.Node.Float("alpha", 1e-4f),
        call.Node.Float("beta", 0.75f),
        call.Node.Float("bias", 1));
}
