using System.Text.Json;
using QatPipeline.Reporting.Html;

namespace QatPipeline.Reporting.Sections;

/// <summary>
/// The layers that stayed float with the reasons, and every list of layers the calibration report has (errors, sensitivity, the search's
/// decisions): each becomes a table with the columns it brings.
/// </summary>
internal static class LayerSection
{
    // Shown by the calibration section.
    private static readonly string[] Elsewhere = ["methods", "quantizers"];

    public static HtmlText Render(ReportContent content)
    {
        if (content.Report.Calibration is not { } calibration)
        {
            return HtmlText.Empty;
        }

        var lists = calibration.EnumerateObject()
            .SelectMany(member => Lists(member.Name, member.Value))
            .Where(list => !Elsewhere.Contains(list.Name))
            .ToArray();
        return HtmlText.Of($"{FloatQuantizers(calibration)}{lists.Select(list => Table(list.Name, list.Rows))}");
    }

    private static HtmlText FloatQuantizers(JsonElement calibration)
    {
        if (!calibration.TryGetProperty("quantizers", out var quantizers))
        {
            return HtmlText.Empty;
        }

        var names = quantizers.EnumerateArray()
            .Where(quantizer => quantizer.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.False)
            .Select(quantizer => quantizer.GetProperty("name").ToString())
            .ToArray();
        return names.Length == 0
            ? HtmlText.Of($"<p>All {quantizers.GetArrayLength()} quantizers are on: no layer was left float.</p>")
            : HtmlText.Of($"<p>{names.Length} of {quantizers.GetArrayLength()} quantizers are off; their tensors stay float:</p><ul>{names.Select(name => HtmlText.Of($"<li><code>{name}</code></li>"))}</ul>");
    }

    /// <summary>Lists of objects at the top or one level below.</summary>
    private static IEnumerable<(string Name, JsonElement[] Rows)> Lists(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Object)
        {
            yield return (name, [.. value.EnumerateArray()]);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0 && member.Value[0].ValueKind == JsonValueKind.Object))
            {
                yield return ($"{name}: {member.Name}", [.. member.Value.EnumerateArray()]);
            }
        }
    }

    private static HtmlText Table(string name, JsonElement[] rows)
    {
        var columns = rows[0].EnumerateObject()
            .Where(member => member.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            .Select(member => (member.Name, IsFigure: member.Value.ValueKind == JsonValueKind.Number))
            .ToArray();
        return HtmlTable.Folded(
            $"{Words(name)} ({rows.Length})",
            HtmlTable.Of(
                [.. columns.Select(column => (column.IsFigure ? "#" : "") + Words(column.Name))],
                rows.Select(row => (IReadOnlyList<HtmlText>)[.. columns.Select(column => Cell(row, column.Name))])));
    }

    private static HtmlText Cell(JsonElement row, string column) => !row.TryGetProperty(column, out var value)
        ? HtmlText.Of($"–")
        : value.ValueKind == JsonValueKind.Number ? HtmlText.Of($"{value.GetDouble():G5}") : HtmlText.Of($"{value.ToString()}");

    /// <summary><c>layerErrors</c> → <c>layer errors</c>.</summary>
    private static string Words(string name) =>
        string.Concat(name.Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));
}
