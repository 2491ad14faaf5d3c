using System.Globalization;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Cli.Output;

/// <summary>The twelve lines everybody knows from COCO's own tool.</summary>
internal static class CocoLines
{
    private const string Precision = "Average Precision  (AP)";
    private const string Recall = "Average Recall     (AR)";

    public static void Print(CocoMetrics metrics)
    {
        Line(Precision, "0.50:0.95", "all", 100, metrics.Ap);
        Line(Precision, "0.50", "all", 100, metrics.Ap50);
        Line(Precision, "0.75", "all", 100, metrics.Ap75);
        Line(Precision, "0.50:0.95", "small", 100, metrics.ApSmall);
        Line(Precision, "0.50:0.95", "medium", 100, metrics.ApMedium);
        Line(Precision, "0.50:0.95", "large", 100, metrics.ApLarge);
        Line(Recall, "0.50:0.95", "all", 1, metrics.Ar1);
        Line(Recall, "0.50:0.95", "all", 10, metrics.Ar10);
        Line(Recall, "0.50:0.95", "all", 100, metrics.Ar100);
        Line(Recall, "0.50:0.95", "small", 100, metrics.ArSmall);
        Line(Recall, "0.50:0.95", "medium", 100, metrics.ArMedium);
        Line(Recall, "0.50:0.95", "large", 100, metrics.ArLarge);
    }

    private static void Line(string figure, string iou, string area, int limit, double value) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $" {figure} @[ IoU={iou,-9} | area={area,6} | maxDets={limit,3} ] = {value:0.000}"));
}
