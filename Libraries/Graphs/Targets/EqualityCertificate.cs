using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets;

/// <summary>One value that differs between what was simulated and what is deployed.</summary>
/// <param name="Quantizer">The quantizer's name.</param>
/// <param name="Tensor">The tensor it is applied to.</param>
/// <param name="What">What differs, with both values.</param>
public sealed record CertificateDifference(string Quantizer, string Tensor, string What);

/// <summary>
/// Proof that a form deploys what was calibrated and trained: for every enabled quantizer the same scale and zero point, for every
/// weight and every bias on integers the same codes.
/// </summary>
/// <param name="Form">The name of the form compared.</param>
/// <param name="Activations">Number of quantized activation inputs compared.</param>
/// <param name="WeightCodes">Number of weight codes compared.</param>
/// <param name="BiasCodes">Number of biases compared that the runtime adds as integers.</param>
/// <param name="Differences">Empty when both are equal.</param>
public sealed record EqualityCertificate(
    string Form, int Activations, long WeightCodes, long BiasCodes, IReadOnlyList<CertificateDifference> Differences)
{
    /// <summary>True when no scale, no zero point and no code of a weight or bias differs.</summary>
    public bool IsEqual => Differences.Count == 0;

    /// <summary>
    /// Compares the model that was written with the graph as the executor simulates it: batch normalization live, weights quantized before
    /// it.
    /// </summary>
    /// <remarks>
    /// Folding multiplies a channel's weight scale by |γ|/σ and negates its codes where γ is negative; that is undone before comparing. For
    /// TensorRT's implicit form weight scales are those the builder derives from the largest magnitude of each channel.
    /// </remarks>
    /// <param name="simulated">With calibrated quantizers of the form's target.</param>
    /// <param name="model">What <see cref="ITarget.Build"/> made of it, or the same read back from file.</param>
    /// <exception cref="GraphException">The graph's quantizers were placed for another target.</exception>
    public static EqualityCertificate Compare(Graph simulated, TargetModel model)
    {
        if (QuantizerPlacement.MarkOf(simulated) != model.Target?.Mark)
        {
            throw new GraphException(
                $"The quantizers of '{simulated.Name}' were placed for another target: compare with the retargeted graph.");
        }

        var differences = new List<CertificateDifference>();
        var activations = ActivationComparison.Compare(simulated, model, differences);
        var codes = WeightComparison.Compare(simulated, model, differences);
        var biases = BiasComparison.Compare(simulated, model, differences);
        return new(model.Form, activations, codes, biases, differences);
    }
}
