namespace QatPipeline.Quantization.Search;

/// <summary>
/// Chooses the fewest layers to leave float so that accuracy and time both keep to a budget. Sensitivities only order the candidates;
/// every decision rests on a measurement, and the choice returned is one that was measured.
/// </summary>
/// <remarks>
/// Four stages, each only where the ones before did not settle it:
/// 1. everything quantized;
/// 2. whole classes of layers left float, one class at a time and then the helpful ones together, because what hurts is often a kind
///    of layer (depthwise convolutions) and leaving single ones of it quantized keeps the cost of converting to and fro;
/// 3. the most sensitive layers left float, their number found by bisection: about log₂ n measurements;
/// 4. the smallest choice that met the budget is thinned out: parts of it are quantized again, halves first, then quarters, down to
///    single layers, and whatever keeps to the budget stays quantized. What remains is minimal: no tried part of it can be given up.
/// Leaving every layer float is never a choice: that is the float network. Equal choices are measured once. Where the number of
/// measurements is used up, the best choice so far stands.
/// </remarks>
public sealed class PartialQuantizationSearch
{
    private readonly IReadOnlyList<SearchLayer> _layers;
    private readonly SearchBudget _budget;
    private readonly SearchLedger _ledger;

    /// <summary>A search over layers.</summary>
    /// <param name="layers">All layers that can be left float.</param>
    /// <param name="budget">What the choice must keep to.</param>
    /// <param name="measure">Measures a choice.</param>
    /// <param name="mostMeasurements">Measurements the search may spend; at least 1.</param>
    /// <exception cref="ArgumentException">Two layers have one name.</exception>
    public PartialQuantizationSearch(
        IReadOnlyList<SearchLayer> layers, SearchBudget budget, SearchMeasure measure, int mostMeasurements)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostMeasurements, 1);
        if (layers.GroupBy(layer => layer.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new ArgumentException($"Two layers are named '{twins.Key}'.", nameof(layers));
        }

        (_layers, _budget) = (layers, budget);
        _ledger = new SearchLedger(layers, budget, measure, mostMeasurements);
    }

    /// <summary>Searches. Deterministic where the measurements are.</summary>
    public async Task<SearchResult> RunAsync(CancellationToken cancellationToken)
    {
        var everything = await _ledger.MeasureAsync("Does everything quantized meet the budget?", [], cancellationToken);
        if (!everything!.MeetsBudget)
        {
            await TryClassesAsync(everything, cancellationToken);
            await BisectAsync(cancellationToken);
            await ThinOutAsync(cancellationToken);
        }

        return _ledger.Result();
    }

    private async Task TryClassesAsync(SearchStep everything, CancellationToken cancellationToken)
    {
        var classes = _layers.GroupBy(layer => layer.Class, StringComparer.Ordinal)
            .OrderByDescending(group => group.Sum(layer => layer.Sensitivity)).ToArray();
        if (classes.Length < 2)
        {
            return;
        }

        var helpful = new List<(IGrouping<string, SearchLayer> Class, double Gain)>();
        foreach (var group in classes)
        {
            var step = await _ledger.MeasureAsync(
                $"Does leaving all {group.Count()} layers of class {group.Key} float help?", [.. group], cancellationToken);
            if (step is not null && Shortfall(step.Measurement) < Shortfall(everything.Measurement))
            {
                helpful.Add((group, Shortfall(everything.Measurement) - Shortfall(step.Measurement)));
            }
        }

        var together = new List<SearchLayer>();
        foreach (var (group, _) in helpful.OrderByDescending(pair => pair.Gain))
        {
            together.AddRange(group);
            if (together.Count == _layers.Count)
            {
                return;
            }

            var step = await _ledger.MeasureAsync(
                $"Do the most helpful classes together, up to {group.Key}, meet the budget?", together, cancellationToken);
            if (step is { MeetsBudget: true })
            {
                return;
            }
        }
    }

    /// <summary>The shortest prefix of the layers by falling sensitivity that is accurate enough.</summary>
    private async Task BisectAsync(CancellationToken cancellationToken)
    {
        SearchLayer[] ordered = [.. _layers.OrderByDescending(layer => layer.Sensitivity)];

        // More than the smallest choice known to do is of no interest.
        var (tooFew, enough) = (0, _ledger.Smallest?.FloatLayers.Count ?? ordered.Length);
        while (enough - tooFew > 1)
        {
            var count = (tooFew + enough) / 2;
            var step = await _ledger.MeasureAsync($"Are the {count} most sensitive layers enough?", ordered[..count], cancellationToken);
            if (step is null)
            {
                return;
            }

            (tooFew, enough) = step.Measurement.Accuracy >= _budget.LeastAccuracy ? (tooFew, count) : (count, enough);
        }
    }

    private async Task ThinOutAsync(CancellationToken cancellationToken)
    {
        if (_ledger.Smallest is not { } start)
        {
            return;
        }

        // The least sensitive first: they are the likeliest to be needless.
        var kept = _layers.Where(layer => start.FloatLayers.Contains(layer.Name)).OrderBy(layer => layer.Sensitivity).ToList();
        for (var size = (kept.Count + 1) / 2; size >= 1 && kept.Count > 0; size = size == 1 ? 0 : (size + 1) / 2)
        {
            for (var from = 0; from < kept.Count;)
            {
                var part = kept.Skip(from).Take(size).ToArray();
                var question = part.Length == 1
                    ? $"Can {part[0].Name} be quantized after all?"
                    : $"Can {part.Length} of them be quantized after all?";
                var step = await _ledger.MeasureAsync(question, [.. kept.Except(part)], cancellationToken);
                if (step is null)
                {
                    return;
                }

                if (step.MeetsBudget)
                {
                    kept.RemoveRange(from, part.Length);
                }
                else
                {
                    from += part.Length;
                }
            }
        }
    }

    private double Shortfall(SearchMeasurement measurement) => SearchLedger.Shortfall(measurement, _budget);
}
