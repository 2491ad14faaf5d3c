using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QatPipeline.Runs.Json;

/// <summary>
/// One text for one JSON value, after RFC 8785: no white space, members sorted by UTF-16 code units, shortest numbers, fewest escapes.
/// Unlike the RFC, integers keep all their digits: a 64-bit seed is not a double.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The canonical text of the value as the pipeline's serializer sees it.</summary>
    public static string Of(object value)
    {
        var text = new StringBuilder();
        Write(text, JsonSerializer.SerializeToElement(value, value.GetType(), PipelineJson.Compact));
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, element);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    text.Append(index == 0 ? "" : ",");
                    Write(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteString(text, element.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(Number(element));
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement element)
    {
        text.Append('{');
        var members = element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal);
        foreach (var (index, member) in members.Index())
        {
            text.Append(index == 0 ? "" : ",");
            WriteString(text, member.Name);
            text.Append(':');
            Write(text, member.Value);
        }

        text.Append('}');
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    private static string Number(JsonElement element)
    {
        var raw = element.GetRawText();
        if (!raw.AsSpan().ContainsAny(".eE"))
        {
            return raw == "-0" ? "0" : raw;
        }

        return EcmaScript(element.GetDouble());
    }

    // ECMAScript's Number::toString: n digits d with the decimal point after position p.
    private static string EcmaScript(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        var sign = value < 0 ? "-" : "";
        var (digits, point) = ShortestDigits(Math.Abs(value));
        return sign + point switch
        {
            > 0 and <= 21 when digits.Length <= point => digits.PadRight(point, '0'),
            > 0 and <= 21 => $"{digits[..point]}.{digits[point..]}",
            > -6 and <= 0 => "0." + new string('0', -point) + digits,
            _ => Exponential(digits, point - 1),
        };
    }

    private static string Exponential(string digits, int exponent) =>
        (digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}")
        + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);

    // .NET's round-trip format gives the shortest digits, as 0.00123, 123.4 or 1.5E+22.
    private static (string Digits, int Point) ShortestDigits(double value)
    {
        var parts = value.ToString("R", CultureInfo.InvariantCulture).Split('E');
        var exponent = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var whole = parts[0].IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : parts[0].Length;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), whole + exponent - (all.Length - digits.Length));
    }
}
