using System.Globalization;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>What is asked of an engine: that it computes what was simulated.</summary>
public static class AgreementGate
{
    /// <summary>The least share of a tensor's codes that must lie within 1 of the simulated ones.</summary>
    public const double LeastShare = 0.99;

    /// <summary>The largest weight code whose products two by two still fit 16 bits.</summary>
    private const int MostCodeWithoutVnni = 64;

    /// <summary>Passes where every tensor agrees.</summary>
    /// <param name="model">The model the engine was built from.</param>
    /// <param name="tensors">Its comparison, in order of execution.</param>
    /// <exception cref="EngineException">A tensor does not; the message names the worst, where it began, and the likely cause.</exception>
    public static void Require(Graph model, IReadOnlyList<TensorAgreement> tensors)
    {
        if (tensors.FirstOrDefault(tensor => tensor.FurtherShare > 1 - LeastShare) is not { } first)
        {
            return;
        }

        var worst = tensors.MaxBy(tensor => tensor.FurtherShare)!;
        throw new EngineException(string.Create(
            CultureInfo.InvariantCulture,
            $"The INT8 engine does not compute what was simulated: {worst.FurtherShare:P1} of the codes of '{worst.Tensor}' (node "
            + $"'{worst.Producer}') differ by more than 1, the largest by {worst.LargestDifference}; at most {1 - LeastShare:P0} may. "
            + $"It begins at node '{first.Producer}'. {Cause(model, first)}"));
    }

    private static string Cause(Graph model, TensorAgreement first) =>
        HasLargeWeights(model)
            ? "Likely cause: weights of 8 bits, whose sums saturate on a processor without VNNI; set calibration.weightBits to 7."
            : $"Likely cause: the runtime's integer kernel there rounds in another way; leave '{first.Producer}' float with partial.skip, "
                + "and see what `qat lint` finds in the model.";

    private static bool HasLargeWeights(Graph model) => model.Initializers.Values.Any(
        tensor => tensor is { Type: ElementType.Int8, Rank: > 1 }
            && tensor.ToLongs().Any(code => Math.Abs(code) > MostCodeWithoutVnni));
}
