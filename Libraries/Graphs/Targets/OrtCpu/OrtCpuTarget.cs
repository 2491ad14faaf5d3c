using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>ONNX Runtime on the CPU.</summary>
internal sealed class OrtCpuTarget : ITarget
{
    public string Name => "ort-cpu";

    public string Mark => "OrtCpu";

    public IReadOnlyList<string> Forms { get; } = [OrtCpuForm.Name];

    public bool HasUnsignedActivations => true;

    // Without VNNI the kernels add pairs of products in 16 bits, which 8-bit weights overflow.
    public QuantizationScheme WeightScheme => QuantizationScheme.SignedReduced;

    public void Place(Graph graph, PlacementOptions? options = null) => QuantizerPlacement.Place(
        graph,
        options ?? new(),
        Mark,
        (detached, chosen) =>
        {
            DetachedOutputs.Detach(detached, chosen, IntegerOperators.IsLayer);
            OrtCpuRules.Place(new PlacementContext(detached, chosen));
        });

    public void LeaveFloat(Graph graph, IEnumerable<string> nodeNames)
    {
        var nodes = QuantizerSelection.Named(graph, nodeNames);

        // A tensor's quantizer serves all its consumers, of which its host is only one: only the weights go with their layers.
        foreach (var weight in graph.Quantizers.Where(quantizer => quantizer.IsWeight && nodes.Contains(quantizer.Uses[0].Node)))
        {
            weight.IsEnabled = false;
        }

        OrtCpuConsistency.DisableUseless(graph, nodes);
    }

    public IReadOnlyList<IntegerBias> IntegerBiases(Graph graph) => OrtCpuBiases.Of(graph);

    public void Settle(Graph graph) => OrtCpuBiases.MakeRoom(graph);

    public TargetModel Build(Graph calibrated, string form, FormOptions? options = null) =>
        new(form, OrtCpuForm.Build(Retargeting.SourceFor(this, calibrated)), this);

    public LintReport Lint(Graph graph)
    {
        if (ExplicitGraph.Of(graph, pairPerUse: false, OrtCpuBiases.Write, IntegerHardSwish.Apply) is not { } pairs)
        {
            return LintReport.NotQuantized(Name);
        }

        var fusion = new OrtCpuFusion(pairs);
        return new LintReport(Name, [.. OrtCpuLint.Findings(pairs, fusion)], fusion.Kernels);
    }

    public CostEstimate? Estimate(Graph graph, MachineProfile machine, int batch = 1) =>
        OrtCpuCostModel.Estimate(Deployed(graph), machine, batch);

    public IFastestPlacement? Fastest(Graph calibrated, MachineProfile machine) => new FastestPlacement(calibrated, machine);

    private Graph Deployed(Graph graph) =>
        graph.Quantizers.Count > 0 ? Build(graph, OrtCpuForm.Name).Graph
        : graph.Nodes.Exists(node => node.Is("DequantizeLinear")) ? graph
        : FloatForm.Build(graph).Graph;
}
