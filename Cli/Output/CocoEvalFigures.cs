using System.Text.Json.Serialization;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Cli.Output;

/// <summary>The JSON form; its keys are part of the command's contract.</summary>
internal sealed record CocoEvalFigures
{
    [JsonPropertyName("AP")]
    public required double Ap { get; init; }

    [JsonPropertyName("AP50")]
    public required double Ap50 { get; init; }

    [JsonPropertyName("AP75")]
    public required double Ap75 { get; init; }

    [JsonPropertyName("APs")]
    public required double ApSmall { get; init; }

    [JsonPropertyName("APm")]
    public required double ApMedium { get; init; }

    [JsonPropertyName("APl")]
    public required double ApLarge { get; init; }

    [JsonPropertyName("AR1")]
    public required double Ar1 { get; init; }

    [JsonPropertyName("AR10")]
    public required double Ar10 { get; init; }

    [JsonPropertyName("AR100")]
    public required double Ar100 { get; init; }

    [JsonPropertyName("ARs")]
    public required double ArSmall { get; init; }

    [JsonPropertyName("ARm")]
    public required double ArMedium { get; init; }

    [JsonPropertyName("ARl")]
    public required double ArLarge { get; init; }

    public required IReadOnlyList<CategoryMetrics> PerCategory { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApDifference? Comparison { get; init; }

    public static CocoEvalFigures Of(CocoEvaluation evaluation, ApDifference? comparison) => new()
    {
        Ap = evaluation.Metrics.Ap,
        Ap50 = evaluation.Metrics.Ap50,
        Ap75 = evaluation.Metrics.Ap75,
        ApSmall = evaluation.Metrics.ApSmall,
        ApMedium = evaluation.Metrics.ApMedium,
        ApLarge = evaluation.Metrics.ApLarge,
        Ar1 = evaluation.Metrics.Ar1,
        Ar10 = evaluation.Metrics.Ar10,
        Ar100 = evaluation.Metrics.Ar100,
        ArSmall = evaluation.Metrics.ArSmall,
        ArMedium = evaluation.Metrics.ArMedium,
        ArLarge = evaluation.Metrics.ArLarge,
        PerCategory = evaluation.PerCategory,
        Comparison = comparison,
    };
}
