using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.PostTraining;

/// <summary>How much a network's predictions suffer when one layer alone is quantized.</summary>
/// <param name="Node">The layer.</param>
/// <param name="Distortion">
/// Mean over batches of the divergence of class probabilities per object plus the difference of boxes in standard deviations.
/// </param>
public sealed record LayerSensitivity(string Node, double Distortion);

/// <summary>
/// Ranks layers by the distortion of the predictions on a few images, in place of one evaluation of the whole data set per layer
/// (reference 5.4). The distortion is measured where detections are made, with the weighting of the distillation loss, so it moves
/// with AP while a handful of images is enough: it compares every position with the float network, not detections with labels.
/// </summary>
public sealed class SensitivityAnalysis : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly DistillationTargets _targets;
    private readonly DistillationComparison _comparison;
    private readonly OrderedDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private int _batches;

    /// <param name="graph">A calibrated graph; it is not changed.</param>
    /// <param name="targets">Where predictions are compared; found by the graph's structure where null.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="layers">The layers to analyse, as every one takes a pass over the images; all quantized ones where null.</param>
    public SensitivityAnalysis(
        Graph graph, DistillationTargets? targets = null, Device? device = null, IReadOnlyCollection<string>? layers = null)
    {
        _network = new TorchNetwork(graph, device);
        _targets = (targets ?? DistillationTargets.Find(graph)) with { Features = [] };
        _comparison = new DistillationComparison(_targets, new QatOptions { FeatureWeight = 0 });
        foreach (var layer in QuantizedLayers.Of(graph).Where(layer => layers?.Contains(layer) ?? true))
        {
            _sums.Add(layer, 0);
        }
    }

    /// <summary>The layers in execution order.</summary>
    public IReadOnlyList<LayerSensitivity> Layers =>
        [.. _sums.Select(item => new LayerSensitivity(item.Key, item.Value / Math.Max(1, _batches)))];

    /// <summary>Adds a batch: one float pass, and one pass per layer.</summary>
    public void Add(PixelBatch batch, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var inputs = new Dictionary<string, Tensor> { [_network.Inputs[0]] = batch.ToTensor(_network.Device) };
        var plan = _network.PlanFor(_targets.Names);
        var expected = Run(plan, inputs, quantizedLayer: null);
        foreach (var layer in _sums.Keys.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var layerScope = NewDisposeScope();
            var items = _comparison.Compute(Run(plan, inputs, layer), expected);
            _sums[layer] += items.Values.Sum(item => item.item<float>());
        }

        _batches++;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private Dictionary<string, Tensor> Run(ExecutionPlan plan, Dictionary<string, Tensor> inputs, string? quantizedLayer)
    {
        using var run = _network.Begin(plan, inputs, ExecutionMode.Float);
        foreach (var step in plan.Steps)
        {
            run.Execute(step, step.Node.Name == quantizedLayer ? ExecutionMode.FakeQuantize : ExecutionMode.Float);
            run.Release(step);
        }

        return run.TakeWanted();
    }
}
