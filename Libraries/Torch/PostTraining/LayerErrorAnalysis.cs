using QatPipeline.Quantization.Analysis;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.PostTraining;

/// <summary>What quantization does to one layer's output.</summary>
/// <param name="Node">The layer.</param>
/// <param name="Local">The layer alone quantized, on float inputs: its own share of the error.</param>
/// <param name="Accumulated">The whole network quantized: the error that has gathered up to here.</param>
public sealed record LayerError(string Node, ErrorAccumulator Local, ErrorAccumulator Accumulated);

/// <summary>
/// Signal-to-noise ratio and cosine similarity of every quantized layer in one pass over the images: the float and the fake-quantized
/// network run side by side, step by step, and each layer is computed once more from float inputs.
/// </summary>
public sealed class LayerErrorAnalysis : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly OrderedDictionary<string, LayerError> _errors = new(StringComparer.Ordinal);

    /// <param name="graph">A calibrated graph; it is not changed.</param>
    /// <param name="device">Where it runs.</param>
    public LayerErrorAnalysis(Graph graph, Device? device = null)
    {
        _network = new TorchNetwork(graph, device);
        foreach (var layer in QuantizedLayers.Of(graph))
        {
            _errors.Add(layer, new LayerError(layer, new ErrorAccumulator(), new ErrorAccumulator()));
        }
    }

    /// <summary>All quantized layers in execution order, with the errors of the images so far.</summary>
    public IReadOnlyList<LayerError> Errors => [.. _errors.Values];

    /// <summary>Adds a batch of images.</summary>
    public void Add(PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var inputs = new Dictionary<string, Tensor> { [_network.Inputs[0]] = batch.ToTensor(_network.Device) };
        var plan = _network.PlanFor(null);
        using var reference = _network.Begin(plan, inputs, ExecutionMode.Float);
        using var quantized = _network.Begin(plan, inputs, ExecutionMode.FakeQuantize);
        foreach (var step in plan.Steps)
        {
            reference.Execute(step);
            quantized.Execute(step);
            if (_errors.TryGetValue(step.Node.Name, out var error))
            {
                using var layerScope = NewDisposeScope();
                var expected = reference.Value(step.Outputs[0]);
                Add(error.Local, expected, reference.Compute(step, ExecutionMode.FakeQuantize)[0]);
                Add(error.Accumulated, expected, quantized.Value(step.Outputs[0]));
            }

            reference.Release(step);
            quantized.Release(step);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private static void Add(ErrorAccumulator accumulator, Tensor expected, Tensor actual) =>
        accumulator.Add(TensorSpans.Floats(expected.cpu().contiguous()), TensorSpans.Floats(actual.cpu().contiguous()));
}
