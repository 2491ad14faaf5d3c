using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>What was timed to choose the layers on integers, and what each choice costs in AP.</summary>
internal static class PlacementSection
{
    /// <summary>Nothing where placement followed estimates.</summary>
    public static HtmlText Render(SearchFigures? search)
    {
        if (search is not { Placement: { } placement })
        {
            return HtmlText.Empty;
        }

        var timed = HtmlTable.Of(
            ["~division", "#layers on integers", "#ms", "kept"],
            placement.Timed.Select(IReadOnlyList<HtmlText> (division) =>
            [
                HtmlText.Of($"{division.Name}"),
                HtmlText.Of($"{division.IntegerLayers}"),
                HtmlText.Of($"{division.Milliseconds:0.00}"),
                HtmlText.Of($"{(division.IsKept ? "yes" : "")}"),
            ]));
        return HtmlText.Of(
            $"""
            <p>Engines were timed to choose: {placement.ChosenMilliseconds:0.00} ms against {placement.FloatBesideChosen:0.00} ms in float.
            {(placement.IsNotSlower ? "" : "Float is faster beyond chance: integers gain nothing for this network on this machine. ")}By the
            machine's profile the kernels alone take at least {placement.BoundMilliseconds:0.00} ms, an estimate.</p>
            <div class="plots">{Frontier(search)}</div>
            {HtmlTable.Folded($"Divisions timed: {placement.Timed.Count}", timed)}
            """);
    }

    private static HtmlText Frontier(SearchFigures search)
    {
        var chosen = search.Steps.LastOrDefault(step => search.FloatLayers.Except(search.SlowLayers)
            .ToHashSet(StringComparer.Ordinal).SetEquals(step.FloatLayers));
        Series[] series =
        [
            new("float", [search.FloatMilliseconds ?? 0], [100 * search.FloatAp]),
            Points("quantized", search.Steps.Where(step => step != chosen)),
            Points("chosen", chosen is null ? [] : [chosen]),
        ];
        return Chart.Points(
            "AP on calibration images against measured time: left and up is better",
            "ms at batch 1",
            "AP",
            [.. series.Where(points => points.X.Count > 0)]);
    }

    private static Series Points(string name, IEnumerable<Quantization.Search.SearchStep> steps) => new(
        name,
        [.. steps.Select(step => step.Measurement.Milliseconds)],
        [.. steps.Select(step => 100 * step.Measurement.Accuracy)]);
}
