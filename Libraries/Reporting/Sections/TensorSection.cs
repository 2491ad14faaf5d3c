using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Reporting.Sections;

/// <summary>How the engine's quantized tensors agree with their simulation, the worst of them named.</summary>
internal static class TensorSection
{
    public static HtmlText Render(IReadOnlyList<TensorAgreement> tensors)
    {
        if (tensors.Count == 0)
        {
            return HtmlText.Empty;
        }

        var values = tensors.Sum(tensor => tensor.Values);
        var different = tensors.Sum(tensor => tensor.DifferentShare * tensor.Values);
        var worst = tensors.MaxBy(tensor => tensor.DifferentShare)!;
        var table = HtmlTable.Of(
            ["tensor", "made by", "#codes", "#different, %", "#by more than one, %", "#largest difference"],
            tensors.Select(IReadOnlyList<HtmlText> (tensor) =>
            [
                HtmlText.Of($"<code>{tensor.Tensor}</code>"),
                HtmlText.Of($"<code>{tensor.Producer}</code>"),
                HtmlText.Of($"{tensor.Values}"),
                HtmlText.Of($"{100 * tensor.DifferentShare:0.000}"),
                HtmlText.Of($"{100 * tensor.FurtherShare:0.000}"),
                HtmlText.Of($"{tensor.LargestDifference}"),
            ]));
        return HtmlText.Of(
            $"""
            <p>{100 * different / values:0.000} % of the codes in its {tensors.Count} quantized tensors differ from the simulation;
            most, {100 * worst.DifferentShare:0.000} %, in <code>{worst.Tensor}</code>, made by <code>{worst.Producer}</code>.</p>
            {HtmlTable.Folded($"Agreement of all {tensors.Count} quantized tensors, in order of execution", table)}
            """);
    }
}
