namespace QatPipeline.Reporting.Html;

/// <summary>A table that scrolls sideways on a narrow screen instead of widening the page.</summary>
internal static class HtmlTable
{
    /// <param name="headings">
    /// Column headings; one that starts with <c>#</c> names a column of figures, one with <c>~</c> a column of sentences.
    /// </param>
    /// <param name="rows">Cells in the order of the headings.</param>
    public static HtmlText Of(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<HtmlText>> rows) => HtmlText.Of(
        $"""
        <div class="scroll" tabindex="0"><table><thead><tr>{headings.Select(Heading)}</tr></thead>
        <tbody>{rows.Select(row => HtmlText.Of($"<tr>{row.Zip(headings, Cell)}</tr>\n"))}</tbody></table></div>
        """);

    /// <summary>What most readers skip: one click away.</summary>
    public static HtmlText Folded(string summary, HtmlText content) =>
        HtmlText.Of($"<details><summary>{summary}</summary>{content}</details>\n");

    /// <summary>The start of a digest; the whole of it where the pointer rests.</summary>
    public static HtmlText Digest(string sha256) =>
        HtmlText.Of($"<code title=\"{sha256}\">{sha256[..Math.Min(8, sha256.Length)]}</code>");

    private static HtmlText Heading(string heading) => ClassOf(heading) is { } style
        ? HtmlText.Of($"<th scope=\"col\" class=\"{style}\">{heading[1..]}</th>")
        : HtmlText.Of($"<th scope=\"col\">{heading}</th>");

    private static HtmlText Cell(HtmlText cell, string heading) => ClassOf(heading) is { } style
        ? HtmlText.Of($"<td class=\"{style}\">{cell}</td>")
        : HtmlText.Of($"<td>{cell}</td>");

    private static string? ClassOf(string heading) => heading switch
    {
        ['#', ..] => "n",
        ['~', ..] => "wrap",
        _ => null,
    };
}
