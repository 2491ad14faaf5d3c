using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace QatPipeline.Reporting.Html;

/// <summary>
/// Markup that is safe to write: only <see cref="Of"/> makes it, and whatever is interpolated there is escaped unless it is markup
/// itself. No name in a model or data set can become an element.
/// </summary>
internal readonly record struct HtmlText(string Markup)
{
    public static HtmlText Empty => new("");

    /// <summary>Markup from an interpolated string: the literal parts as they are, the values escaped.</summary>
    public static HtmlText Of(HtmlHandler handler) => new(handler.ToMarkup());

    public static HtmlText Join(IEnumerable<HtmlText> parts) => new(string.Concat(parts.Select(part => part.Markup)));

    public override string ToString() => Markup;
}

/// <summary>Escapes the holes of an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _markup = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string value) => _markup.Append(value);

    public void AppendFormatted(HtmlText value) => _markup.Append(value.Markup);

    public void AppendFormatted(IEnumerable<HtmlText> values)
    {
        foreach (var value in values)
        {
            _markup.Append(value.Markup);
        }
    }

    public void AppendFormatted(string? value) => _markup.Append(WebUtility.HtmlEncode(value));

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable =>
        _markup.Append(WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)));

    internal string ToMarkup() => _markup.ToString();
}
