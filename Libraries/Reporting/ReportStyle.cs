namespace QatPipeline.Reporting;

/// <summary>The look of what people read in a browser, light and dark.</summary>
public static class ReportStyle
{
    /// <summary>Colours, text and tables, shared by the report and the gateway's pages.</summary>
    public static string Theme { get; } = Read("theme.css");

    /// <summary>What the report has besides: plots, pictures, the graph of the stages.</summary>
    internal static string Report { get; } = Read("report.css");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(ReportStyle).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
