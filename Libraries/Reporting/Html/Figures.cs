using System.Globalization;
using QatPipeline.Pipeline.Evaluation;
using QatPipeline.Pipeline.Reporting;

namespace QatPipeline.Reporting.Html;

/// <summary>How the report writes figures: AP in percent points as the literature does, times in milliseconds.</summary>
internal static class Figures
{
    private const string None = "–";

    public static string Percent(double part) => (100 * part).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>The difference to float with its 95 % interval, in AP points.</summary>
    public static string Delta(VariantResult result) => result is { ApDelta: { } delta, ApDeltaLow: { } low, ApDeltaHigh: { } high }
        ? $"{Signed(delta)} [{Signed(low)}, {Signed(high)}]"
        : None;

    public static string Optional(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;

    public static string Bytes(long size) => size switch
    {
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{size / 1048576.0:0.00} MiB"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{size / 1024.0:0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{size} B"),
    };

    public static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalHours: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
    };

    public static HtmlText Digest(string sha256) =>
        HtmlText.Of($"<code title=\"{sha256}\">{sha256[..Math.Min(8, sha256.Length)]}</code>");

    public static string Title(string variant) => variant switch
    {
        Variants.Float => "float",
        Variants.Ptq => "PTQ (simulated)",
        Variants.Qat => "QAT (simulated)",
        Variants.FloatEngine => "float engine",
        Variants.Int8Engine => "INT8 engine",
        _ => variant,
    };

    private static string Signed(double part) => (100 * part).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);
}
