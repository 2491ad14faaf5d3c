namespace QatPipeline.Benchmarks.Results;

/// <summary>The figures of a benchmark; of several rounds the best.</summary>
public sealed class Figures
{
    private readonly OrderedDictionary<string, Figure> _best = new(StringComparer.Ordinal);

    /// <summary>Keeps the figure unless one of the same name is better.</summary>
    public void Add(Figure figure)
    {
        if (!_best.TryGetValue(figure.Name, out var known) || figure.Ratio > known.Ratio)
        {
            _best[figure.Name] = figure;
        }
    }

    /// <summary>Prints a line for each, in the order of their first rounds.</summary>
    public void Print()
    {
        foreach (var figure in _best.Values)
        {
            Console.WriteLine(figure);
        }
    }
}
