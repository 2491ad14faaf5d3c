using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using Tensor = TorchSharp.torch.Tensor;

namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>
/// RepOptimizer: trains a plain network as if its 3×3 convolutions had the branches of a RepVGG block, by initial values and
/// gradient multipliers made from learned scales (reference 3.3, 3.4).
/// </summary>
public static class RepOptimizer
{
    private const string WeightSuffix = ".conv.weight";

    /// <summary>The optimizer of a RepOpt network: SGD whose gradients are multiplied as the scales say.</summary>
    /// <param name="graph">The network; names its blocks.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="scales">Of the same network.</param>
    /// <param name="weightDecay">λ of the weights.</param>
    /// <param name="roundSquares">Round scales and squares to half precision, as scale files of the reference are used.</param>
    /// <exception cref="CheckpointException">Number or widths differ.</exception>
    public static NesterovSgd Create(
        Graph graph, IReadOnlyList<TrainedTensor> tensors, RepScales scales, double weightDecay = 0, bool roundSquares = false) =>
        new(
            tensors,
            weightDecay,
            Multipliers(Pair(graph, tensors.Select(tensor => new NetworkParameter(tensor.Name, tensor.Value)), scales), roundSquares));

    /// <summary>The 3×3 weights of a RepOpt network with the scales they belong to, paired by position (reference 3.2).</summary>
    /// <exception cref="CheckpointException">Number or widths differ.</exception>
    internal static IReadOnlyList<(NetworkParameter Weight, RepScale Scale)> Pair(
        Graph graph, IEnumerable<NetworkParameter> parameters, RepScales scales)
    {
        var blocks = Yolov6Outputs.Of(graph).RepBlocks;
        if (blocks.Count != scales.Blocks.Count)
        {
            throw new CheckpointException(
                $"The scale file has {scales.Blocks.Count} blocks, the network {blocks.Count}. Use scales of the same network.");
        }

        var weights = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        return [.. blocks.Zip(scales.Blocks, (block, scale) =>
        {
            var weight = weights[block + WeightSuffix];
            return weight.Value.shape[0] == scale.Dense.Length && scale.Dense.Length == scale.Pointwise.Length
                ? (weight, scale)
                : throw new CheckpointException(
                    $"The scales of {scale.Block} have {scale.Dense.Length} channels, {weight.Name} has {weight.Value.shape[0]}. "
                    + "Use scales of the same network and width.");
        })];
    }

    /// <summary>Replaces fresh weights by what the branches add up to: W ← s3⊙W + centre(s1⊙V) + centre(diag(sI)).</summary>
    /// <param name="pairs">Weights, freshly initialised, and their scales.</param>
    /// <param name="random">Draws the 1×1 kernels V, uniform within ±1/√Cin.</param>
    internal static void Reinitialize(IEnumerable<(NetworkParameter Weight, RepScale Scale)> pairs, WeightRandom random)
    {
        using var noGradient = no_grad();
        foreach (var (weight, scale) in pairs)
        {
            using var scope = NewDisposeScope();
            var (outputs, inputs) = (weight.Value.shape[0], weight.Value.shape[1]);
            var bound = 1 / Math.Sqrt(inputs);
            var pointwise = tensor(random.Uniform((int)(outputs * inputs), -bound, bound), [outputs, inputs], device: weight.Value.device);
            var centre = pointwise * Column(scale.Pointwise, weight.Value);
            if (scale.Identity is { } identity)
            {
                centre += diag(tensor(identity, device: weight.Value.device));
            }

            weight.Value.mul_(Column(scale.Dense, weight.Value).reshape(-1, 1, 1, 1));
            weight.Value[TensorIndex.Ellipsis, 1, 1].add_(centre);
        }
    }

    /// <summary>The gradient multipliers of SGD by weight name, each of its weight's shape.</summary>
    /// <param name="pairs">Weights and their scales.</param>
    /// <param name="roundSquares">
    /// Round scales and squares to half precision, as scale files of the reference are used (reference 3.2).
    /// </param>
    internal static IReadOnlyDictionary<string, Tensor> Multipliers(
        IEnumerable<(NetworkParameter Weight, RepScale Scale)> pairs, bool roundSquares = false)
    {
        var result = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (weight, scale) in pairs)
        {
            using var scope = NewDisposeScope();
            var dense = Column(Square(scale.Dense, roundSquares), weight.Value);
            var pointwise = Column(Square(scale.Pointwise, roundSquares), weight.Value);
            var multiplier = dense.reshape(-1, 1, 1, 1).expand(weight.Value.shape).clone();
            var centre = multiplier[TensorIndex.Ellipsis, 1, 1];
            centre.add_(pointwise);
            if (scale.Identity is not null)
            {
                // The identity scale is itself the trained parameter of the equivalent block, hence 1 and not its square.
                centre.add_(eye(weight.Value.shape[0], weight.Value.shape[1], weight.Value.dtype, weight.Value.device));
            }

            result.Add(weight.Name, multiplier.DetachFromDisposeScope());
        }

        return result;
    }

    private static Tensor Column(float[] values, Tensor like) => tensor(values, [values.Length, 1], device: like.device);

    private static float[] Square(float[] values, bool round) =>
        Array.ConvertAll(values, value => round ? (float)((Half)value * (Half)value) : value * value);
}
