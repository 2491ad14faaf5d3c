using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>What a parameter is in its layer: decides decay and warm-up (reference 3.6).</summary>
internal enum ParameterRole
{
    /// <summary>γ of a batch normalization: not decayed.</summary>
    NormWeight,

    /// <summary>Every other weight: decayed.</summary>
    Weight,

    /// <summary>Biases and β: not decayed, warmed up from a higher rate.</summary>
    Bias,
}

/// <summary>Parameters that are trained with the same rate and decay.</summary>
internal sealed class ParameterGroup(ParameterRole role, double weightDecay, IReadOnlyList<NetworkParameter> parameters)
{
    public ParameterRole Role { get; } = role;

    /// <summary>λ: how strongly each step pulls toward zero.</summary>
    public double WeightDecay { get; } = weightDecay;

    public IReadOnlyList<NetworkParameter> Parameters { get; } = parameters;

    public double LearningRate { get; set; }

    /// <summary>The three groups of a network in the reference's order: γ, weights, biases.</summary>
    /// <param name="graph">Says which role each parameter has.</param>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="weightDecay">λ of the weights.</param>
    public static IReadOnlyList<ParameterGroup> Of(Graph graph, IReadOnlyList<NetworkParameter> parameters, double weightDecay)
    {
        var roles = Roles(graph);
        return [.. Enum.GetValues<ParameterRole>().Select(role => new ParameterGroup(
            role,
            role == ParameterRole.Weight ? weightDecay : 0,
            [.. parameters.Where(parameter => roles.GetValueOrDefault(parameter.Name, ParameterRole.Weight) == role)]))];
    }

    private static Dictionary<string, ParameterRole> Roles(Graph graph)
    {
        var roles = new Dictionary<string, ParameterRole>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node.OpType is "BatchNormalization" or "Conv" or "ConvTranspose" or "Gemm"))
        {
            if (node.OpType == "BatchNormalization")
            {
                roles[node.Inputs[1]] = ParameterRole.NormWeight;
            }

            if (node.Input(2) is { } bias)
            {
                roles[bias] = ParameterRole.Bias;
            }
        }

        return roles;
    }
}
