using System.Text.Json.Serialization;

namespace QatPipeline.Graphs.Linting;

/// <summary>How much a finding matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LintSeverity>))]
public enum LintSeverity
{
    /// <summary>Worth knowing; nothing to do.</summary>
    Info,

    /// <summary>Costs speed or accuracy.</summary>
    Warning,

    /// <summary>The target refuses the model or computes something else than was trained.</summary>
    Error,
}

/// <summary>One thing the target will do differently from what the quantizers ask for.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">Stable identifier of the rule, such as <c>stays-float</c>.</param>
/// <param name="Nodes">Names of the nodes concerned, the affected one first.</param>
/// <param name="Effect">What happens.</param>
/// <param name="Remedy">What to change.</param>
public sealed record LintFinding(LintSeverity Severity, string Code, IReadOnlyList<string> Nodes, string Effect, string Remedy);

/// <summary>Where a node's arithmetic ends up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KernelKind>))]
public enum KernelKind
{
    /// <summary>A float kernel.</summary>
    Float,

    /// <summary>A kernel on 8-bit integers.</summary>
    Integer,

    /// <summary>No kernel at all: the neighbouring quantization does its work.</summary>
    Absorbed,
}

/// <summary>The kernel a node is predicted to run in.</summary>
public sealed record KernelPrediction(string Node, string OpType, KernelKind Kernel);

/// <summary>The findings on one graph.</summary>
/// <param name="Target">The name of the target whose rules were applied.</param>
/// <param name="Findings">In the order of the graph.</param>
/// <param name="Kernels">The kernel of every node, where the target's fusions are modelled; else empty.</param>
public sealed record LintReport(string Target, IReadOnlyList<LintFinding> Findings, IReadOnlyList<KernelPrediction> Kernels)
{
    internal static LintReport NotQuantized(string target)
    {
        var finding = new LintFinding(
            LintSeverity.Warning,
            "not-quantized",
            [],
            "The graph has no quantizers: everything runs in float.",
            "Quantize it with `qat calibrate`.");
        return new(target, [finding], []);
    }
}
