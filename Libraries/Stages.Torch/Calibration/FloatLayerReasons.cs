using System.IO.Enumeration;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Why layers are float: for each the measurement that speaks against quantizing it.</summary>
internal static class FloatLayerReasons
{
    private const string Slow = "integers would save no estimated time here: the kernel gains less than conversions cost";

    private const string MeasuredSlow = "engines with this layer on integers were not faster when timed";

    /// <summary>
    /// The reason of every layer the search left float: of the measured choices that quantize it and are no larger than the one taken, the
    /// nearest that missed the budget.
    /// </summary>
    public static IReadOnlyDictionary<string, string> OfSearch(SearchFigures? search) =>
        search?.FloatLayers.ToDictionary(
            layer => layer,
            layer => !search.SlowLayers.Contains(layer) ? OfLayer(layer, search) : search.Placement is null ? Slow : MeasuredSlow,
            StringComparer.Ordinal)
        ?? new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Why a layer that could be multiplied in integers has no quantizers at all.</summary>
    public static string OfUnplaced(string layer, IEnumerable<string> skip) =>
        skip.FirstOrDefault(glob => FileSystemName.MatchesSimpleExpression(glob, layer, ignoreCase: false)) is { } pattern
            ? $"partial.skip names it: '{pattern}'"
            : new PlacementOptions().SkipNodes.Any(glob => FileSystemName.MatchesSimpleExpression(glob, layer, ignoreCase: false))
                ? "the frozen projection of the head"
                : "no integer kernel on this target: an input is neither an activation nor a constant weight, "
                    + "or the output leaves the network";

    private static string OfLayer(string layer, SearchFigures search)
    {
        var nearest = search.Steps
            .Where(step => !step.MeetsBudget && !step.FloatLayers.Contains(layer) && step.FloatLayers.All(search.FloatLayers.Contains))
            .MaxBy(step => step.FloatLayers.Count);
        if (nearest is null)
        {
            return search.Explanation;
        }

        var others = search.FloatLayers.Count - search.SlowLayers.Count - nearest.FloatLayers.Count - 1;
        return others == 0 ? $"quantized as well: {nearest.Conclusion}" : $"quantized with {others} more of these: {nearest.Conclusion}";
    }
}
