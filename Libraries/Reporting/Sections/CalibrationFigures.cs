using System.Text.Json;

namespace QatPipeline.Reporting.Sections;

/// <summary>
/// Reads members of calibration-report.json and training-history.json, which other versions may write with more or fewer of them.
/// </summary>
internal static class CalibrationFigures
{
    /// <summary>The member's text; empty where it is missing or null.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : "";

    /// <summary>The member's number; NaN where it is missing or no number.</summary>
    public static double Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    /// <summary>False only where the member is there and false.</summary>
    public static bool IsNot(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.False;

    /// <summary>The member as an object, or null.</summary>
    public static JsonElement? Object(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The elements of a list; none where it is missing.</summary>
    public static JsonElement[] List(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
