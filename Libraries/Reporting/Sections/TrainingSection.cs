using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>Loss and AP over the epochs of every training of the run.</summary>
internal static class TrainingSection
{
    public static HtmlText Render(ReportContent content)
    {
        var parts = new List<HtmlText>();
        if (content.Report.FloatTraining is { } floating)
        {
            parts.Add(History("search of the block scales", floating.HyperSearch, null, null));
            parts.Add(History("float training", floating.Training, floating.BestEpoch, null));
        }

        if (content.Report.Training is { } training)
        {
            var start = new Point(0, 100 * training.StartSelectionAp);
            parts.Add(History("quantization-aware training", training.Epochs, training.BestEpoch, start));
        }

        return HtmlText.Join(parts);
    }

    /// <param name="name">Which training.</param>
    /// <param name="epochs">Its epochs; nothing is written where there are none.</param>
    /// <param name="best">The 0-based epoch that is kept, negative for the graph before training; null where there is no choice.</param>
    /// <param name="start">AP before the first epoch, where it was measured.</param>
    private static HtmlText History(string name, IReadOnlyList<EpochRecord> epochs, int? best, Point? start)
    {
        if (epochs.Count == 0)
        {
            return HtmlText.Empty;
        }

        double[] numbers = [.. epochs.Select(epoch => epoch.Epoch + 1)];
        Series[] losses = [.. epochs[0].Loss.Keys.Select(item => new Series(
            item, numbers, [.. epochs.Select(epoch => epoch.Loss.GetValueOrDefault(item, double.NaN))]))];
        Point[] measured =
        [
            .. start is null ? Array.Empty<Point>() : [start],
            .. epochs.Where(epoch => epoch.SelectionAp is not null)
                .Select(epoch => new Point(epoch.Epoch + 1, 100 * epoch.SelectionAp!.Value)),
        ];
        return HtmlText.Of(
            $"""
            <h3>{char.ToUpperInvariant(name[0])}{name[1..]}</h3>
            <p>{epochs.Count} {(epochs.Count == 1 ? "epoch" : "epochs")}{(best is { } kept ? $"; {Kept(kept)} is kept" : "")}.</p>
            <div class="plots">{Curves(name, losses, measured)}</div>
            {HtmlTable.Of(
                ["#epoch", .. losses.Select(item => $"#{item.Name} loss"), "#AP, calibration images"],
                Rows(losses, measured, numbers))}
            """);
    }

    private static string Kept(int best) =>
        best < 0
            ? "no epoch had a higher AP on the calibration images than the graph before training, which"
            : $"the network of epoch {best + 1}";

    // One epoch is a point, not a curve: the table has it.
    private static IEnumerable<HtmlText> Curves(string name, Series[] losses, Point[] measured)
    {
        if (losses is [{ X.Count: > 1 }, ..])
        {
            yield return Chart.Lines($"Mean loss of an epoch, {name}", "epoch", "loss", losses, isCounted: true);
        }

        if (measured.Length > 1)
        {
            double[] epochs = [.. measured.Select(point => point.Epoch)];
            yield return Chart.Lines(
                $"AP after each epoch, {name}",
                "epoch",
                "AP",
                [new("calibration images (choose the epoch)", epochs, [.. measured.Select(point => point.Selection)])],
                isCounted: true);
        }
    }

    private static IEnumerable<IReadOnlyList<HtmlText>> Rows(Series[] losses, Point[] measured, double[] numbers) =>
        measured.Select(point => point.Epoch).Union(numbers).Order().Select(IReadOnlyList<HtmlText> (epoch) =>
        [
            HtmlText.Of($"{epoch:0}"),
            .. losses.Select(item => Cell(numbers.IndexOf(epoch) is var index and >= 0 ? item.Y[index] : double.NaN)),
            Cell(measured.FirstOrDefault(point => point.Epoch == epoch, Point.None).Selection),
        ]);

    private static HtmlText Cell(double value) => HtmlText.Of($"{Figures.Optional(double.IsFinite(value) ? value : null, "0.00")}");

    /// <summary>AP on the calibration images in percent after an epoch, 0 for before the first.</summary>
    private sealed record Point(double Epoch, double Selection)
    {
        public static Point None { get; } = new(double.NaN, double.NaN);
    }
}
