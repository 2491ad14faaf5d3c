using System.Globalization;
using QatPipeline.Engines;

namespace QatPipeline.Reporting.Content;

/// <summary>How figures are written for people: AP in percent as the literature does, times and sizes in their natural units.</summary>
public static class Figures
{
    /// <summary>Stands where there is no figure.</summary>
    public const string None = "–";

    /// <summary>A part (0…1) in percent with two decimals, no sign of percent; <see cref="None"/> where there is no figure.</summary>
    public static string Percent(double? part) => Optional(100 * part, "0.00");

    /// <summary>A difference of parts in percent points, always signed.</summary>
    public static string Difference(double part) => (100 * part).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>The difference to float with its 95 % interval, in AP points.</summary>
    public static string Delta(VariantResult result) => result is { ApDelta: { } delta, ApDeltaLow: { } low, ApDeltaHigh: { } high }
        ? $"{Difference(delta)} [{Difference(low)}, {Difference(high)}]"
        : None;

    /// <summary>The value in that format, or <see cref="None"/>.</summary>
    public static string Optional(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;

    /// <summary>A size in bytes, KiB or MiB.</summary>
    public static string Bytes(long size) => size switch
    {
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{size / 1048576.0:0.00} MiB"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{size / 1024.0:0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{size} B"),
    };

    /// <summary>Seconds, minutes or hours.</summary>
    public static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalHours: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
    };

    /// <summary>What people call a variant.</summary>
    public static string Title(string variant) => variant switch
    {
        Variants.Float => "float",
        Variants.Ptq => "PTQ (simulated)",
        Variants.Qat => "QAT (simulated)",
        Variants.FloatEngine => "float engine",
        Variants.Int8Engine => "INT8 engine",
        _ when TensorRtEngineName.Parse(variant) is { } engine => string.Create(
            CultureInfo.InvariantCulture, $"TensorRT {engine.Precision.ToName().ToUpperInvariant()} engine, batch {engine.Batch}"),
        _ when Variants.SimulatedTarget(variant) is { } target => $"carried over to {target} (simulated)",
        _ => variant,
    };
}
