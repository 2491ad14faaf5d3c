using System.Globalization;

namespace QatPipeline.Quantization.Search;

/// <summary>Measures choices, each once, within the number allowed; keeps the record and the best of them.</summary>
internal sealed class SearchLedger(IReadOnlyList<SearchLayer> layers, SearchBudget budget, SearchMeasure measure, int mostMeasurements)
{
    private readonly Dictionary<string, SearchStep> _known = new(StringComparer.Ordinal);
    private readonly List<SearchStep> _steps = [];

    /// <summary>
    /// The choice that meets the budget with the fewest float layers, the fastest and then the most accurate among equals.
    /// </summary>
    public SearchStep? Smallest => _steps.Where(step => step.MeetsBudget)
        .OrderBy(step => step.FloatLayers.Count)
        .ThenBy(step => step.Measurement.Milliseconds)
        .ThenByDescending(step => step.Measurement.Accuracy)
        .FirstOrDefault();

    /// <summary>How far a measurement is from a budget, accuracy and time each relative to what is asked; 0 within it.</summary>
    public static double Shortfall(SearchMeasurement measurement, SearchBudget budget)
    {
        var accuracy = Math.Max(0, budget.LeastAccuracy - measurement.Accuracy) / Math.Max(budget.LeastAccuracy, double.Epsilon);
        var time = budget.LongestMilliseconds is { } longest ? Math.Max(0, measurement.Milliseconds - longest) / longest : 0;
        return accuracy + time;
    }

    /// <summary>Measures a choice, or recalls it; null where the allowance is used up.</summary>
    public async Task<SearchStep?> MeasureAsync(
        string question, IReadOnlyCollection<SearchLayer> floatLayers, CancellationToken cancellationToken)
    {
        // In the order of the layers given, whatever order they were chosen in.
        string[] names = [.. layers.Where(floatLayers.Contains).Select(layer => layer.Name)];
        var key = string.Join('\n', names);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_steps.Count == mostMeasurements)
        {
            return null;
        }

        var measurement = await measure(names.ToHashSet(StringComparer.Ordinal), cancellationToken);
        var step = new SearchStep(question, names, measurement, Shortfall(measurement, budget) == 0, Conclude(measurement));
        _steps.Add(step);
        _known[key] = step;
        return step;
    }

    /// <summary>The best choice measured.</summary>
    public SearchResult Result()
    {
        var kept = budget.PrefersSpeed ? _steps.Where(step => step.MeetsBudget).MinBy(step => step.Measurement.Milliseconds) : Smallest;
        var best = kept ?? _steps.OrderBy(step => Shortfall(step.Measurement, budget)).ThenBy(step => step.FloatLayers.Count).First();
        var spent = _steps.Count == mostMeasurements ? ", all that were allowed" : "";
        var share = $"{best.FloatLayers.Count} of {layers.Count} layers stay float";
        var found = best.MeetsBudget
            ? $"{share}: the {(budget.PrefersSpeed ? "fastest" : "fewest")} among {_steps.Count} measured choices{spent} that meet the budget"
            : $"no choice among {_steps.Count} measured{spent} meets the budget; nearest is where {share}";
        return new(best.FloatLayers, best.Measurement, best.MeetsBudget, _steps, $"{found}; {Conclude(best.Measurement)}.");
    }

    private string Conclude(SearchMeasurement measurement)
    {
        var accuracy = Compare(
            "accuracy", measurement.Accuracy, measurement.Accuracy >= budget.LeastAccuracy, "at least", budget.LeastAccuracy, "F4");
        return budget.LongestMilliseconds is { } longest
            ? $"{accuracy}, {Compare("time", measurement.Milliseconds, measurement.Milliseconds <= longest, "at most", longest, "F2")} ms"
            : accuracy;
    }

    private static string Compare(string what, double value, bool holds, string relation, double limit, string format) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what} {value.ToString(format, CultureInfo.InvariantCulture)} {(holds ? "meets" : "misses")} "
            + $"{relation} {limit.ToString(format, CultureInfo.InvariantCulture)}");
}
