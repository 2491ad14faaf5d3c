using System.Globalization;
using QatPipeline.Stages.Reports;
using Spectre.Console;

namespace QatPipeline.Cli.Output;

/// <summary>The comparison table of a run on the terminal.</summary>
internal static class ResultTable
{
    private const int WidthWithoutTerminal = 140;

    public static void Write(RunReport report)
    {
        var table = new Table().Title(
            $"{Markup.Escape(report.Name)}: {report.Evaluation.Protocol} at {report.Evaluation.InputSize}, "
            + $"{report.Evaluation.Images} images");
        table.AddColumns("variant", "precision", "AP", "AP50", "ΔAP [[95 %]]", "ms, batch 1", "fps, batch 1", "fps, batch 32");
        foreach (var result in report.Results)
        {
            table.AddRow(
                result.Variant,
                result.Precision,
                Number(result.Ap, "0.0000"),
                Number(result.Ap50, "0.0000"),
                result.ApDelta is { } delta
                    ? Markup.Escape(
                        $"{Number(delta, "+0.0000;-0.0000;0.0000")} "
                        + $"[{Number(result.ApDeltaLow, "+0.0000;-0.0000;0.0000")}, "
                        + $"{Number(result.ApDeltaHigh, "+0.0000;-0.0000;0.0000")}]")
                    : "",
                Number(result.MedianMsBatch1, "0.00"),
                Number(result.FpsBatch1, "0.0"),
                Number(result.FpsBatch32, "0.0"));
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthWithoutTerminal;
        }

        AnsiConsole.Write(table);
        if (report.Calibration?.Warning is { } warning)
        {
            Console.WriteLine($"warning: {warning}");
        }

        foreach (var result in report.Results.Where(result => result is { Remark.Length: > 0, Batch: null }))
        {
            Console.WriteLine($"remark: {result.Variant} {result.Remark}");
        }

        foreach (var remark in report.Calibration?.Remarks ?? [])
        {
            Console.WriteLine($"remark: {remark}");
        }
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
