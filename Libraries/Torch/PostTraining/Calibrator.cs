using QatPipeline.Graphs;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.PostTraining;

/// <summary>
/// Runs images through the float network and gathers, in one pass, what every calibration method needs to know of every activation
/// quantizer (reference 5.2: statistics of the unquantized network; weights take the largest magnitude per channel).
/// </summary>
public sealed class Calibrator : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly Dictionary<string, ActivationStatistics> _statistics;

    /// <param name="graph">A graph with placed quantizers; it is not changed.</param>
    /// <param name="options">Settings of the methods; the reference's where null.</param>
    /// <param name="device">Where the network runs.</param>
    /// <exception cref="TorchExecutionException">No activation quantizer is placed, or an operator cannot be run.</exception>
    public Calibrator(Graph graph, CalibrationOptions? options = null, Device? device = null)
    {
        _statistics = graph.Quantizers
            .Where(quantizer => !quantizer.IsWeight)
            .ToDictionary(
                quantizer => quantizer.Name, quantizer => new ActivationStatistics(quantizer.Name, options), StringComparer.Ordinal);
        if (_statistics.Count == 0)
        {
            throw new TorchExecutionException($"Graph '{graph.Name}' has no activation quantizers to calibrate; place quantizers first.");
        }

        _network = new TorchNetwork(graph, device) { Mode = ExecutionMode.Observe, Observer = new Collector(_statistics) };
    }

    /// <summary>What was gathered so far, by quantizer name.</summary>
    public IReadOnlyDictionary<string, ActivationStatistics> Statistics => _statistics;

    /// <summary>Images seen.</summary>
    public long Images { get; private set; }

    /// <summary>Runs one batch.</summary>
    /// <exception cref="CalibrationException">An activation is NaN or infinite.</exception>
    public void Collect(PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        _network.Forward(batch.ToTensor(_network.Device));
        Images += batch.Count;
    }

    /// <summary>A copy of the graph with every quantizer's range as the method chooses it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="unifiesScales">Gives the members of a scale group one range; false leaves each its own.</param>
    /// <exception cref="CalibrationException">A quantized tensor received no values.</exception>
    public Graph Calibrate(CalibrationMethod method, bool unifiesScales = true)
    {
        var graph = _network.Graph.Clone();
        WeightRanges.Refresh(graph);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [_statistics[quantizer.Name].RangeFor(method, quantizer.Scheme)];
        }

        if (unifiesScales)
        {
            ScaleUnification.UnifyRanges(graph);
        }

        TargetRegistry.Settle(graph);
        return graph;
    }

    /// <summary>Writes the state, from which an interrupted calibration goes on.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Images);
        writer.Write(_statistics.Count);
        foreach (var statistics in _statistics.Values.OrderBy(statistics => statistics.Name, StringComparer.Ordinal))
        {
            statistics.Save(writer);
        }
    }

    /// <summary>Takes over a state written by <see cref="Save"/> for the same graph.</summary>
    /// <exception cref="CalibrationException">The state is of another graph or version.</exception>
    public void Load(BinaryReader reader)
    {
        var images = reader.ReadInt64();
        var loaded = Enumerable.Range(0, reader.ReadInt32()).Select(_ => ActivationStatistics.Load(reader)).ToList();
        if (!loaded.Select(statistics => statistics.Name).ToHashSet().SetEquals(_statistics.Keys))
        {
            throw new CalibrationException(
                "The calibration state belongs to a graph with other quantizers: delete the checkpoint and calibrate again.");
        }

        foreach (var statistics in loaded)
        {
            _statistics[statistics.Name] = statistics;
        }

        Images = images;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private sealed class Collector(Dictionary<string, ActivationStatistics> statistics) : ITensorObserver
    {
        public void Observe(Quantizer quantizer, Tensor value)
        {
            using var local = value.detach().cpu();
            using var contiguous = local.contiguous();
            var images = value.dim() > 0 ? (int)value.shape[0] : 1;
            statistics[quantizer.Name].Collect(TensorSpans.Floats(contiguous), images);
        }
    }
}
