using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Networks;

/// <summary>Merges the branches of RepVGG blocks into one 3×3 convolution with bias (reference 1.3).</summary>
public static class RepVggMerge
{
    private const double Epsilon = 1e-3;
    private const int KernelSize = 9;
    private const int Centre = 4;

    /// <param name="training">State of the form <see cref="Yolov6Form.RepVggTraining"/>.</param>
    /// <param name="blocks">Names of the blocks.</param>
    /// <returns>State of the form <see cref="Yolov6Form.RepVggDeploy"/>.</returns>
    /// <exception cref="CheckpointException">A branch is missing.</exception>
    public static StateDict Merge(StateDict training, IReadOnlyList<string> blocks)
    {
        var merged = blocks.ToHashSet(StringComparer.Ordinal);
        var result = new StateDict();
        foreach (var (name, tensor) in training)
        {
            if (name.LastIndexOf(".rbr_", StringComparison.Ordinal) is var at and > 0 && name[..at] is var block)
            {
                if (merged.Remove(block))
                {
                    MergeBlock(training, block, result);
                }
            }
            else
            {
                result[name] = tensor;
            }
        }

        return merged.Count == 0
            ? result
            : throw new CheckpointException(
                $"The checkpoint has no branches of {merged.First()}. Only checkpoints of the RepVGG training form can be merged.");
    }

    private static void MergeBlock(StateDict state, string block, StateDict result)
    {
        var dense = Get(state, $"{block}.rbr_dense.conv.weight");
        var pointwise = Get(state, $"{block}.rbr_1x1.conv.weight");
        var (outputs, inputs) = ((int)dense.Shape[0], (int)dense.Shape[1]);
        var (kernel, bias) = (new double[dense.Data.Length], new double[outputs]);
        AddBranch(state, $"{block}.rbr_dense.bn", (o, i, k) => dense.Data[(((o * inputs) + i) * KernelSize) + k]);
        AddBranch(state, $"{block}.rbr_1x1.bn", (o, i, k) => k == Centre ? pointwise.Data[(o * inputs) + i] : 0);
        if (state.TryGet($"{block}.rbr_identity.weight", out _))
        {
            AddBranch(state, $"{block}.rbr_identity", (o, i, k) => k == Centre && o == i ? 1 : 0);
        }

        result.Set($"{block}.rbr_reparam.weight", dense.Shape, Array.ConvertAll(kernel, value => (float)value));
        result.Set($"{block}.rbr_reparam.bias", [outputs], Array.ConvertAll(bias, value => (float)value));

        void AddBranch(StateDict from, string norm, Func<int, int, int, float> weight)
        {
            var (gamma, beta) = (Get(from, $"{norm}.weight").Data, Get(from, $"{norm}.bias").Data);
            var (mean, variance) = (Get(from, $"{norm}.running_mean").Data, Get(from, $"{norm}.running_var").Data);
            for (var o = 0; o < outputs; o++)
            {
                var factor = gamma[o] / Math.Sqrt(variance[o] + Epsilon);
                bias[o] += beta[o] - (mean[o] * factor);
                for (var i = 0; i < inputs; i++)
                {
                    for (var k = 0; k < KernelSize; k++)
                    {
                        kernel[(((o * inputs) + i) * KernelSize) + k] += weight(o, i, k) * factor;
                    }
                }
            }
        }
    }

    private static StateTensor Get(StateDict state, string name) =>
        state.TryGet(name, out var tensor) ? tensor : throw new CheckpointException($"The checkpoint has no entry {name}.");
}
