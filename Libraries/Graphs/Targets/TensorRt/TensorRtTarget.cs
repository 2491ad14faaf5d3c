using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>TensorRT: explicit quantization from version 8 on, implicit quantization up to version 10.</summary>
internal sealed class TensorRtTarget : ITarget
{
    public string Name => "tensorrt";

    public string Mark => "TensorRt";

    public IReadOnlyList<string> Forms { get; } = [TensorRtQdqForm.Name, TensorRtImplicitForm.Name];

    public bool HasUnsignedActivations => false;

    public QuantizationScheme WeightScheme => QuantizationScheme.SignedNarrow;

    public void Place(Graph graph, PlacementOptions? options = null) => QuantizerPlacement.Place(
        graph, options ?? new(), Mark, (placed, chosen) => TensorRtRules.Place(new PlacementContext(placed, chosen)));

    public void LeaveFloat(Graph graph, IEnumerable<string> nodeNames)
    {
        var nodes = QuantizerSelection.Named(graph, nodeNames);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => nodes.Contains(quantizer.Uses[0].Node)))
        {
            quantizer.IsEnabled = false;
        }

        DisableHalfQuantizedLayers(graph);
    }

    // The builder keeps biases in float.
    public IReadOnlyList<IntegerBias> IntegerBiases(Graph graph) => [];

    public void Settle(Graph graph) => WeightEnds.Reach(graph);

    public TargetModel Build(Graph calibrated, string form, FormOptions? options = null)
    {
        var (source, chosen) = (Retargeting.SourceFor(this, calibrated), options ?? new());
        return form == TensorRtImplicitForm.Name
            ? TensorRtImplicitForm.Build(source, chosen, this)
            : new TargetModel(form, TensorRtQdqForm.Build(source, chosen), this);
    }

    public LintReport Lint(Graph graph)
    {
        var codeOperators = graph.Nodes.FindAll(QOperatorForm.IsQOperator);
        var expanded = graph.Clone();
        new ExpandQOperators().Apply(expanded);
        return ExplicitGraph.Of(expanded, pairPerUse: true) is { } pairs
            ? new LintReport(Name, [.. TensorRtLint.OperatorsOnCodes(codeOperators), .. TensorRtLint.Findings(pairs)], [])
            : LintReport.NotQuantized(Name);
    }

    public CostEstimate? Estimate(Graph graph, MachineProfile machine, int batch = 1) => null;

    public IFastestPlacement? Fastest(Graph calibrated, MachineProfile machine) => null;

    /// <summary>A layer multiplies integers only when input and weight are both quantized.</summary>
    private static void DisableHalfQuantizedLayers(Graph graph)
    {
        var links = graph.Link();
        foreach (var weight in graph.Quantizers.Where(quantizer => quantizer.IsWeight))
        {
            var inputs = weight.Uses.Select(use => links.QuantizerAt(use.Node, 0)).OfType<Quantizer>().ToArray();
            weight.IsEnabled &= Array.TrueForAll(inputs, input => input.IsEnabled);
            Array.ForEach(inputs.Where(input => input.Uses.Count == 1).ToArray(), input => input.IsEnabled &= weight.IsEnabled);
        }
    }
}
