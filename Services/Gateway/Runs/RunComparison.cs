using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Reporting.Content;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Gateway.Runs;

/// <summary>Two runs side by side: every figure of both reports, and what differs between their specifications and artifacts.</summary>
public sealed record RunComparison(
    RunDetails First,
    RunDetails Second,
    IReadOnlyList<FigureComparison> Figures,
    IReadOnlyList<TextComparison> Specification,
    IReadOnlyList<TextComparison> Artifacts)
{
    /// <summary>Why the AP figures of the two cannot be compared, or null where they can.</summary>
    public string? Caveat => (First.Report?.Evaluation, Second.Report?.Evaluation) switch
    {
        (null, _) or (_, null) => null,
        var (first, second) when first.Protocol != second.Protocol || first.InputSize != second.InputSize =>
            $"Different protocols: {first.Protocol} at {first.InputSize} and {second.Protocol} at {second.InputSize} pixels.",
        _ when DigestOf(First, ArtifactNames.ValidationAnnotations) != DigestOf(Second, ArtifactNames.ValidationAnnotations) =>
            "Different validation images.",
        _ => null,
    };

    public static RunComparison Of(RunDetails first, RunDetails second) => new(
        first,
        second,
        [.. FiguresOf(first.Report, second.Report)],
        [.. Differences(Flatten(first.Specification), Flatten(second.Specification))],
        [.. Differences(Digests(first), Digests(second))]);

    private static IEnumerable<FigureComparison> FiguresOf(RunReport? first, RunReport? second)
    {
        var (left, right) = (ByVariant(first), ByVariant(second));
        foreach (var variant in left.Keys.Union(right.Keys))
        {
            var (one, other) = (left.GetValueOrDefault(variant), right.GetValueOrDefault(variant));
            FigureComparison[] figures =
            [
                new(variant, "AP 0.5:0.95, %", 100 * one?.Ap, 100 * other?.Ap, "0.00", true),
                new(variant, "AP 0.5, %", 100 * one?.Ap50, 100 * other?.Ap50, "0.00", true),
                new(variant, "median ms, batch 1", one?.MedianMsBatch1, other?.MedianMsBatch1, "0.00", false),
                new(variant, "fps, batch 1", one?.FpsBatch1, other?.FpsBatch1, "0.0", true),
                new(variant, "fps, batch 32", one?.FpsBatch32, other?.FpsBatch32, "0.0", true),
            ];
            foreach (var figure in figures.Where(figure => figure.First is not null || figure.Second is not null))
            {
                yield return figure;
            }
        }
    }

    private static Dictionary<string, VariantResult> ByVariant(RunReport? report) =>
        report?.Results.ToDictionary(result => result.Variant) ?? [];

    private static IEnumerable<TextComparison> Differences(
        SortedDictionary<string, string> first, SortedDictionary<string, string> second) =>
        first.Keys.Union(second.Keys).Order(StringComparer.Ordinal)
            .Select(key => new TextComparison(key, first.GetValueOrDefault(key), second.GetValueOrDefault(key)))
            .Where(pair => pair.First != pair.Second);

    private static SortedDictionary<string, string> Digests(RunDetails run) =>
        new(run.Status.Artifacts.ToDictionary(artifact => artifact.Name, artifact => artifact.Sha256), StringComparer.Ordinal);

    private static string? DigestOf(RunDetails run, string artifact) =>
        run.Status.Artifacts.FirstOrDefault(reference => reference.Name == artifact)?.Sha256;

    /// <summary>
    /// Every key of the specification with its value, such as <c>calibration.images</c> and <c>data.validation[0].images</c>.
    /// </summary>
    private static SortedDictionary<string, string> Flatten(RunSpecification? specification)
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(JsonSerializer.SerializeToNode(specification, PipelineJson.Compact), "");
        return keys;

        void Add(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (name, value) in members)
                    {
                        Add(value, path.Length == 0 ? name : $"{path}.{name}");
                    }

                    break;
                case JsonArray items:
                    foreach (var (index, item) in items.Index())
                    {
                        Add(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"));
                    }

                    break;
                case not null:
                    keys[path] = node.ToString();
                    break;
            }
        }
    }
}

/// <summary>One figure of both runs.</summary>
/// <param name="Variant">The variant it belongs to.</param>
/// <param name="Name">What it is.</param>
/// <param name="First">The first run's, null where it has none.</param>
/// <param name="Second">The second run's.</param>
/// <param name="Format">How it is written.</param>
/// <param name="MoreIsBetter">Which direction is a gain.</param>
public sealed record FigureComparison(string Variant, string Name, double? First, double? Second, string Format, bool MoreIsBetter)
{
    public double? Difference => Second - First;

    public bool IsGain => Difference is { } difference && (MoreIsBetter ? difference > 0 : difference < 0);

    public bool IsLoss => Difference is { } difference && (MoreIsBetter ? difference < 0 : difference > 0);

    public string Write(double? value) => Figures.Optional(value, Format);

    public string WriteDifference() => Figures.Optional(Difference, $"+{Format};−{Format};{Format}");
}

/// <summary>A key whose value differs; null where a run does not have it.</summary>
public sealed record TextComparison(string Key, string? First, string? Second);
