using System.Globalization;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Benchmarks.QuantizationTable;

/// <summary>The tutorial's table (reference 9.3) of one or more networks, in Markdown. AP in percent.</summary>
internal sealed class MarkdownTable(TextWriter output, Figures figures)
{
    /// <summary>What part of the AP that calibration loses training is to bring back.</summary>
    private const double RecoveredShare = 0.6;

    public void Head()
    {
        output.WriteLine("| network | variant | AP 0.5:0.95 | ΔAP [95 % interval] | fps, batch 1 | fps, batch 32 |");
        output.WriteLine("|---|---|---|---|---|---|");
    }

    public async Task AddAsync(FormRuns runs)
    {
        var full = await runs.FullAsync();
        var plain = await runs.WithoutFeaturesAsync();
        var partial = await runs.PartialAsync();
        Row(runs, "float", full, Variants.Float);
        Row(runs, "float engine", full, Variants.FloatEngine);
        Row(runs, "PTQ", full, Variants.Ptq);
        Row(runs, "partial PTQ", partial, Variants.Ptq);
        Row(runs, "partial PTQ, INT8 engine", partial, Variants.Int8Engine);
        Row(runs, "QAT", plain, Variants.Qat);
        Row(runs, "QAT + CWD", full, Variants.Qat);
        Row(runs, "QAT + CWD, INT8 engine", full, Variants.Int8Engine);
        await output.FlushAsync();
        AddGain(runs, full);
    }

    private void Row(FormRuns runs, string name, RunReport report, string variant)
    {
        var result = Result(report, variant);
        var delta = result.ApDelta is null
            ? ""
            : $"{Percent(result.ApDelta)} [{Percent(result.ApDeltaLow)}, {Percent(result.ApDeltaHigh)}]";
        output.WriteLine(
            $"| {runs.Name} | {name} | {Percent(result.Ap!.Value)} | {delta} | {Rate(result.FpsBatch1)} | {Rate(result.FpsBatch32)} |");
    }

    private void AddGain(FormRuns runs, RunReport report)
    {
        var (calibrated, trained) = (100 * Result(report, Variants.Ptq).ApDelta!.Value, 100 * Result(report, Variants.Qat).ApDelta!.Value);
        figures.Add(Figure.More(
            $"{runs.Name}, AP that QAT wins", trained - calibrated, "points", $"{RecoveredShare:P0} of what PTQ loses:", -RecoveredShare * calibrated));
    }

    private static VariantResult Result(RunReport report, string variant) =>
        report.Results.Single(candidate => candidate.Variant == variant);

    private static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F2}");

    private static string Rate(double? fps) => string.Create(CultureInfo.InvariantCulture, $"{fps:F1}");
}
