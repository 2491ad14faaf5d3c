using System.Globalization;
using QatPipeline.Reporting.Samples;

namespace QatPipeline.Reporting.Sections;

/// <summary>Pictures with the float and the INT8 detections side by side, what only one of them found marked.</summary>
internal static class SampleSection
{
    public static HtmlText Render(ReportContent content) => content.Samples.Count == 0 ? HtmlText.Empty : HtmlText.Of(
        $"""
        <p>The pictures with most differences, not typical ones. Detections with a score of at least {SampleImages.MinimumScore:0.0}: green
        where both networks found the object (same class, IoU at least 0.5), orange and dashed where only this one did.</p>
        {content.Samples.Index().Select(item => Pair(item.Index, item.Item))}
        """);

    // The picture is in the page once; the second view refers to it.
    private static HtmlText Pair(int number, SampleImage sample)
    {
        var id = $"sample-{number.ToString(CultureInfo.InvariantCulture)}";
        var picture = HtmlText.Of(
            $"<image id=\"{id}\" width=\"{sample.Width}\" height=\"{sample.Height}\" "
            + $"href=\"data:image/jpeg;base64,{Convert.ToBase64String(sample.Jpeg)}\"/>");
        return HtmlText.Of(
            $"""
            <div class="samples">
            {View(sample, picture, sample.Float, "float")}
            {View(sample, HtmlText.Of($"<use href=\"#{id}\"/>"), sample.Int8, "INT8 engine")}
            </div>

            """);
    }

    private static HtmlText View(SampleImage sample, HtmlText picture, IReadOnlyList<SampleDetection> detections, string network)
    {
        var alone = detections.Count(detection => !detection.HasPartner);
        return HtmlText.Of(
            $"""
            <figure><svg viewBox="0 0 {sample.Width} {sample.Height}" role="img" aria-label="{network} detections in {sample.File}">
            {picture}{detections.Select(detection => Box(detection, sample))}</svg>
            <figcaption>{network}: {detections.Count} detections, {alone} of them without a partner, {sample.File}</figcaption></figure>
            """);
    }

    private static HtmlText Box(SampleDetection found, SampleImage sample)
    {
        var box = found.Detection.Box;
        var style = found.HasPartner ? "box" : "box alone";
        var size = Math.Max(sample.Width, sample.Height) / 38.0;
        return HtmlText.Of(
            $"""
            <rect class="{style}" x="{box.X:0.#}" y="{box.Y:0.#}" width="{box.Width:0.#}" height="{box.Height:0.#}">
            <title>{found.Category} {found.Detection.Score:0.00}</title></rect>
            <text x="{box.X + (size / 4):0.#}" y="{Math.Max(box.Y + size, size):0.#}" font-size="{size:0.#}" fill="#fff" stroke="#000"
                stroke-width="{size / 7:0.#}" paint-order="stroke">{found.Category} {found.Detection.Score:0.00}</text>
            """);
    }
}
