using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.Training;

/// <summary>What a tensor is in its network: decides its learning rate and its decay.</summary>
public enum TensorRole
{
    /// <summary>γ of a batch normalization.</summary>
    NormWeight,

    /// <summary>Kernels and matrices.</summary>
    Weight,

    /// <summary>Biases of layers and β of batch normalizations.</summary>
    Bias,

    /// <summary>Running statistics: averaged, not trained.</summary>
    Statistic,

    /// <summary>Logarithms of the factors on a learned range [2].</summary>
    Range,
}

/// <summary>A tensor under training with its moving average.</summary>
public sealed class TrainedTensor : IDisposable
{
    /// <param name="name">Its name in the graph.</param>
    /// <param name="value">The live tensor, which stays the network's.</param>
    /// <param name="role">What it is.</param>
    public TrainedTensor(string name, Tensor value, TensorRole role)
    {
        using var gradients = no_grad();
        (Name, Value, Role) = (name, value, role);
        Average = value.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Unique among a network's.</summary>
    public string Name { get; }

    /// <summary>The live tensor.</summary>
    public Tensor Value { get; }

    /// <summary>Decides rate and decay.</summary>
    public TensorRole Role { get; }

    /// <summary>The moving average, which evaluation and results take; of the value's shape.</summary>
    public Tensor Average { get; }

    /// <summary>Parameters, running statistics and learned ranges of a network, in this order.</summary>
    public static IReadOnlyList<TrainedTensor> Of(TorchNetwork network)
    {
        var roles = Roles(network.Graph);
        return
        [
            .. network.Parameters.Select(parameter => new TrainedTensor(
                parameter.Name, parameter.Value, roles.GetValueOrDefault(parameter.Name, TensorRole.Weight))),
            .. network.Buffers.Select(buffer => new TrainedTensor(buffer.Name, buffer.Value, TensorRole.Statistic)),
            .. network.Quantizers
                .Where(quantizer => quantizer.LogFactors is not null)
                .Select(quantizer => new TrainedTensor($"{quantizer.Name}._log_factors", quantizer.LogFactors!, TensorRole.Range)),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => Average.Dispose();

    private static Dictionary<string, TensorRole> Roles(Graph graph)
    {
        var roles = new Dictionary<string, TensorRole>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node.OpType is "BatchNormalization" or "Conv" or "ConvTranspose" or "Gemm"))
        {
            if (node.OpType == "BatchNormalization")
            {
                roles[node.Inputs[1]] = TensorRole.NormWeight;
            }

            if (node.Input(2) is { } bias)
            {
                roles[bias] = TensorRole.Bias;
            }
        }

        return roles;
    }
}
