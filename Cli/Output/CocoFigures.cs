using System.Globalization;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Cli.Output;

/// <summary>The twelve figures everybody knows from COCO's own tool: as its lines, and as JSON.</summary>
internal static class CocoFigures
{
    private const string Precision = "Average Precision  (AP)";
    private const string Recall = "Average Recall     (AR)";

    private static readonly Figure[] Figures =
    [
        new("AP", Precision, "0.50:0.95", "all", 100, metrics => metrics.Ap),
        new("AP50", Precision, "0.50", "all", 100, metrics => metrics.Ap50),
        new("AP75", Precision, "0.75", "all", 100, metrics => metrics.Ap75),
        new("APs", Precision, "0.50:0.95", "small", 100, metrics => metrics.ApSmall),
        new("APm", Precision, "0.50:0.95", "medium", 100, metrics => metrics.ApMedium),
        new("APl", Precision, "0.50:0.95", "large", 100, metrics => metrics.ApLarge),
        new("AR1", Recall, "0.50:0.95", "all", 1, metrics => metrics.Ar1),
        new("AR10", Recall, "0.50:0.95", "all", 10, metrics => metrics.Ar10),
        new("AR100", Recall, "0.50:0.95", "all", 100, metrics => metrics.Ar100),
        new("ARs", Recall, "0.50:0.95", "small", 100, metrics => metrics.ArSmall),
        new("ARm", Recall, "0.50:0.95", "medium", 100, metrics => metrics.ArMedium),
        new("ARl", Recall, "0.50:0.95", "large", 100, metrics => metrics.ArLarge),
    ];

    public static void Print(CocoMetrics metrics)
    {
        foreach (var (_, statistic, iou, area, limit, value) in Figures)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $" {statistic} @[ IoU={iou,-9} | area={area,6} | maxDets={limit,3} ] = {value(metrics):0.000}"));
        }
    }

    /// <summary>The JSON form; its keys are part of the command's contract.</summary>
    public static Dictionary<string, object> Of(CocoEvaluation evaluation, ApDifference? comparison = null)
    {
        var form = Figures.ToDictionary(figure => figure.Key, object (figure) => figure.Value(evaluation.Metrics));
        form.Add("perCategory", evaluation.PerCategory);
        if (comparison is not null)
        {
            form.Add("comparison", comparison);
        }

        return form;
    }

    private sealed record Figure(string Key, string Statistic, string Iou, string Area, int Limit, Func<CocoMetrics, double> Value);
}
