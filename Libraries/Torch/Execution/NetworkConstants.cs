namespace QatPipeline.Torch.Execution;

/// <summary>A graph's initializers as tensors: trainable parameters, batch-normalization buffers, and constants.</summary>
internal sealed class NetworkConstants : IDisposable
{
    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);
    private readonly List<NetworkParameter> _parameters = [];
    private readonly List<NetworkParameter> _buffers = [];

    public NetworkConstants(Graph graph, Device device)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, constant) in graph.Initializers)
        {
            // Weights are trained in place, so a tensor is a copy even where the device is the CPU.
            var value = constant.ToTorch();
            value = value.is_floating_point() ? value.to(device) : value;
            _values.Add(name, value.DetachFromDisposeScope());
        }

        var roles = graph.Nodes.SelectMany(Roles).DistinctBy(role => role.Value);
        foreach (var (value, isBuffer) in roles)
        {
            if (_values.TryGetValue(value, out var constant) && constant.is_floating_point())
            {
                (isBuffer ? _buffers : _parameters).Add(new NetworkParameter(value, constant));
            }
        }
    }

    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <summary>Weights, biases and affine parameters, in the order the graph uses them.</summary>
    public IReadOnlyList<NetworkParameter> Parameters => _parameters;

    /// <summary>Running statistics, in the order the graph uses them.</summary>
    public IReadOnlyList<NetworkParameter> Buffers => _buffers;

    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }

    private static IEnumerable<(string Value, bool IsBuffer)> Roles(Node node) => node.OpType switch
    {
        "Conv" or "ConvTranspose" or "Gemm" or "PRelu" or "InstanceNormalization" or "GroupNormalization" or "LayerNormalization"
            or "RMSNormalization" => Inputs(node, 1, 2, isBuffer: false),
        "MatMul" => Inputs(node, 0, 1, isBuffer: false),
        "BatchNormalization" => Inputs(node, 1, 2, isBuffer: false).Concat(Inputs(node, 3, 4, isBuffer: true)),
        _ => [],
    };

    private static IEnumerable<(string Value, bool IsBuffer)> Inputs(Node node, int first, int last, bool isBuffer)
    {
        for (var index = first; index <= last; index++)
        {
            if (node.Input(index) is { } value)
            {
                yield return (value, isBuffer);
            }
        }
    }
}
