using QatPipeline.Reporting.Html;
using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>Loss and AP over the epochs of quantization-aware training.</summary>
internal static class TrainingSection
{
    public static HtmlText Render(ReportContent content)
    {
        if (content.Report.Training is not { } training || !training.TryGetProperty("epochs", out var list) || list.GetArrayLength() == 0)
        {
            return HtmlText.Empty;
        }

        var epochs = list.EnumerateArray().ToArray();
        double[] numbers = [.. epochs.Select(epoch => epoch.Number("epoch") + 1)];
        var losses = epochs[0].TryGetProperty("loss", out var first)
            ? first.EnumerateObject().Select(item => new Series(item.Name, numbers, [.. epochs.Select(epoch => epoch.GetProperty("loss").Number(item.Name))])).ToArray()
            : [];
        Series[] precision =
        [
            new("calibration images (choose the epoch)", numbers, [.. epochs.Select(epoch => 100 * epoch.Number("selectionAp"))]),
            new("validation images", numbers, [.. epochs.Select(epoch => 100 * epoch.Number("validationAp"))]),
        ];
        return HtmlText.Of(
            $"""
            <p>{epochs.Length} {(epochs.Length == 1 ? "epoch" : "epochs")}; {Kept(training.Number("bestEpoch"))} is kept.</p>
            <div class="plots">{Curves(losses, precision)}</div>
            {HtmlTable.Of(["#epoch", .. losses.Select(item => $"#{item.Name} loss"), "#AP, calibration images", "#AP, validation images"], numbers.Index().Select(epoch =>
                (IReadOnlyList<HtmlText>)[HtmlText.Of($"{epoch.Item:0}"), .. losses.Concat(precision).Select(item => HtmlText.Of($"{item.Y[epoch.Index]:0.00}"))]))}
            """);
    }

    private static string Kept(double bestEpoch) =>
        bestEpoch < 0 ? "no epoch had a higher AP on the calibration images than the graph before training, which" : $"the graph of epoch {bestEpoch + 1:0}";

    // One epoch is a point, not a curve: the table has it.
    private static IEnumerable<HtmlText> Curves(Series[] losses, Series[] precision) => precision[0].X.Count < 2 ? [] :
    [
        Chart.Lines("Mean loss of an epoch", "epoch", "loss", losses, isCounted: true),
        Chart.Lines("AP of the fake-quantized graph after each epoch", "epoch", "AP", precision, isCounted: true),
    ];
}
