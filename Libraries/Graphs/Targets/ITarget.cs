using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// A runtime that quantized networks are deployed to. All that is known of it stands behind this interface, in one folder: which tensors
/// it wants quantized, the forms it reads, what it fuses and what its kernels cost.
/// </summary>
public interface ITarget
{
    /// <summary>The name in run specifications, on the command line and in reports, such as <c>ort-cpu</c>.</summary>
    string Name { get; }

    /// <summary>What a graph carries in its metadata once this target's rules have placed its quantizers.</summary>
    string Mark { get; }

    /// <summary>The names of the forms it reads a network in, the preferred one first: part of the names of the files written.</summary>
    IReadOnlyList<string> Forms { get; }

    /// <summary>True where activations have unsigned codes with a zero point, false where they are signed and symmetric.</summary>
    bool HasUnsignedActivations { get; }

    /// <summary>The codes of weights on processors of which nothing more is known.</summary>
    QuantizationScheme WeightScheme { get; }

    /// <summary>
    /// Replaces the graph's quantizers by freshly placed, uncalibrated ones, by rules about operators, never by lists of names, and groups
    /// those that must share one scale. Done once, before calibration: calibration fills these quantizers, training trains with them,
    /// every form writes them.
    /// </summary>
    /// <exception cref="GraphException">The graph holds Q/DQ nodes already.</exception>
    void Place(Graph graph, PlacementOptions? options = null);

    /// <summary>
    /// Leaves the named nodes float, in addition to what is disabled already: their quantizers, and those that no integer operator
    /// profits from any more. Without names it only disables what is useless.
    /// </summary>
    /// <exception cref="GraphException">A name is not a node of the graph.</exception>
    void LeaveFloat(Graph graph, IEnumerable<string> nodeNames);

    /// <summary>
    /// The biases that the runtime adds as integers, which a simulation must round as it does; none where biases stay float.
    /// </summary>
    /// <param name="graph">With quantizers placed by this target, calibrated; not changed.</param>
    IReadOnlyList<IntegerBias> IntegerBiases(Graph graph);

    /// <summary>
    /// Moves ranges and weights by the little that the target's forms need to hold them exactly. Run it after calibration and after every
    /// change of ranges, weights or biases, before the graph is measured; done twice, it changes nothing more.
    /// </summary>
    /// <param name="graph">With quantizers placed by this target; changed in place.</param>
    void Settle(Graph graph);

    /// <summary>
    /// The graph in one of <see cref="Forms"/>. Q/DQ nodes of other tools are lifted first, and a graph whose quantizers were placed for
    /// another target is retargeted (<see cref="Retargeting"/>).
    /// </summary>
    /// <param name="calibrated">Not changed.</param>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="GraphException">The graph is not quantized or not calibrated, or cannot be written in this form.</exception>
    TargetModel Build(Graph calibrated, string form, FormOptions? options = null);

    /// <summary>
    /// Says beforehand what the runtime will make of a graph: which Q/DQ pairs stop a fusion, which tensors are requantized, which
    /// operators stay float, and what to do about it.
    /// </summary>
    /// <param name="graph">A model with Q/DQ nodes, or a graph with placed quantizers, calibrated or not. Not changed.</param>
    LintReport Lint(Graph graph);

    /// <summary>The estimated time of a graph as it is deployed; null for a target without a model of its kernels' costs.</summary>
    /// <param name="graph">A float graph, one with calibrated quantizers, or one in a form of this target; not changed.</param>
    /// <param name="machine">What kernels cost on the machine that will run it.</param>
    /// <param name="batch">What an open batch dimension counts as.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    CostEstimate? Estimate(Graph graph, MachineProfile machine, int batch = 1);

    /// <summary>The choice of integer operators by estimated time; null for a target without a model of its kernels' costs.</summary>
    /// <param name="calibrated">A graph with quantizers placed by this target; not changed.</param>
    /// <param name="machine">What kernels cost on the machine that will run it.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    IFastestPlacement? Fastest(Graph calibrated, MachineProfile machine);
}
