using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Reporting.Sections;

/// <summary>Which stage made what from what: the graph of the stages, and every artifact by its digest.</summary>
internal static class LineageSection
{
    private const int Width = 760;
    private const int Pitch = 86;
    private const int Left = 150;
    private const int NodeWidth = 460;
    private const int NodeHeight = 54;

    public static HtmlText Render(ReportContent content)
    {
        var stages = content.Report.Stages;
        return HtmlText.Of(
            $"""
            <figure><div class="scroll" tabindex="0"><svg class="lineage" style="min-width:560px"
                viewBox="0 0 {Width} {stages.Count * Pitch}" role="img" aria-label="Lineage of the stages">
            {Edges(stages)}
            {stages.Index().Select(item => Node(item.Index, item.Item))}
            </svg></div>
            <figcaption>Stages from top to bottom; a line where a stage reads what another made,
            with the number of artifacts</figcaption></figure>
            {HtmlTable.Of(["stage", "#duration", "host", "key"], stages.Select(IReadOnlyList<HtmlText> (stage) =>
            [
                HtmlText.Of($"{stage.Stage}{(stage.Reused ? " (reused)" : "")}"),
                HtmlText.Of($"{Figures.Duration(stage.Seconds)}"),
                HtmlText.Of($"{stage.Host}{(stage.Processes > 1 ? $", {stage.Processes} processes" : "")}"),
                HtmlTable.Digest(stage.Key),
            ]))}
            {HtmlTable.Folded($"All {content.Artifacts.Count} artifacts with their digests", Artifacts(content.Artifacts, stages))}
            """);
    }

    private static HtmlText Node(int position, StageSummary stage) => HtmlText.Of(
        $"""
        <rect class="node" x="{Left}" y="{Top(position)}" width="{NodeWidth}" height="{NodeHeight}" rx="8"/>
        <text x="{Left + 14}"
            y="{Top(position) + 22}">{stage.Stage}{(stage.Reused ? " (reused)" : "")}, {Figures.Duration(stage.Seconds)}</text>
        <text class="dim" x="{Left + 14}" y="{Top(position) + 41}"
            >key {stage.Key[..Math.Min(12, stage.Key.Length)]}, {stage.Inputs.Count} inputs, {stage.Outputs.Count} outputs</text>

        """);

    private static IEnumerable<HtmlText> Edges(IReadOnlyList<StageSummary> stages) =>
        from reader in Enumerable.Range(0, stages.Count)
        from maker in stages[reader].Inputs
            .Select(input => MakerOf(input, stages, reader))
            .Where(maker => maker >= 0)
            .CountBy(maker => maker)
        select Edge(maker.Key, reader, maker.Value);

    /// <summary>The last stage before the reader that made the artifact, or -1.</summary>
    private static int MakerOf(ArtifactReference input, IReadOnlyList<StageSummary> stages, int reader) =>
        Enumerable.Range(0, reader).LastOrDefault(
            maker => stages[maker].Outputs.Any(output => output.Name == input.Name && output.Sha256 == input.Sha256), -1);

    // Neighbours are joined straight; longer ways bend out to the sides, the further the longer, left and right in turn.
    private static HtmlText Edge(int maker, int reader, int artifacts)
    {
        var (start, end) = (Top(maker), Top(reader));
        if (reader == maker + 1)
        {
            const int middle = Left + (NodeWidth / 2);
            return HtmlText.Of(
                $"""
                <path class="edge" d="M{middle} {start + NodeHeight}V{end}"/>
                <text class="dim" x="{middle + 8}" y="{end - 11}">{artifacts}</text>

                """);
        }

        var isLeft = maker % 2 == 0;
        var (side, reach) = (isLeft ? Left : Left + NodeWidth, (isLeft ? -26 : 26) * (reader - maker));
        var (from, to) = (start + (NodeHeight * 2 / 3), end + (NodeHeight / 3));
        return HtmlText.Of(
            $"""
            <path class="edge" d="M{side} {from}C{side + reach} {from} {side + reach} {to} {side} {to}"/>
            <text class="dim" x="{side + (reach * 3 / 4) + (isLeft ? -12 : 4)}" y="{(from + to) / 2}">{artifacts}</text>

            """);
    }

    private static int Top(int position) => (position * Pitch) + 8;

    private static HtmlText Artifacts(IEnumerable<ArtifactReference> artifacts, IReadOnlyList<StageSummary> stages) =>
        HtmlTable.Of(["artifact", "made by", "#size", "SHA-256"], artifacts.Select(IReadOnlyList<HtmlText> (artifact) =>
        [
            HtmlText.Of($"{artifact.Name}"),
            HtmlText.Of($"{stages.LastOrDefault(stage => stage.Outputs.Any(output => output.Name == artifact.Name))?.Stage ?? "given"}"),
            HtmlText.Of($"{Figures.Bytes(artifact.Size)}"),
            HtmlText.Of($"<code>{artifact.Sha256}</code>"),
        ]));
}
