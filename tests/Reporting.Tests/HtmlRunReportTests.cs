using System.Text.RegularExpressions;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Reporting.Tests;

public sealed partial class HtmlRunReportTests : IDisposable
{
    private readonly SyntheticRun _run = new();
    private readonly ScratchFolder _folder = new();

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Report_HasEverySection()
    {
        var page = await RenderAsync();

        string[] sections = ["comparison", "precision-recall", "classes", "calibration", "layers", "training", "latency", "samples",
            "lineage", "environment", "commands"];
        Assert.All(sections, section => Assert.Contains($"<section id=\"{section}\">", page, StringComparison.Ordinal));
        Assert.Contains("−2.00 [−4.00, +1.00]", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_LeftFloat_HaveTheirReasons()
    {
        var page = await RenderAsync();

        Assert.Contains("2 of 3 layers stay float. 60.0 % of the multiplications are quantized.", page, StringComparison.Ordinal);
        Assert.Contains("<td><code>head</code></td><td class=\"wrap\">partial.skip names it</td>", page, StringComparison.Ordinal);
        Assert.Contains("quantized as well: &lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Signal-to-noise ratio of every layer", page, StringComparison.Ordinal);
        Assert.Contains("Errors of all 2 layers", page, StringComparison.Ordinal);
        Assert.Contains("What the search measured, 1 choice on 4 images", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_ChosenByMeasuredTime_ShowTheDivisionsTheFrontierAndTheBound()
    {
        var page = await RenderAsync();

        Assert.Contains("2.50 ms against 5.10 ms in float", page, StringComparison.Ordinal);
        Assert.Contains("Float is faster beyond chance", page, StringComparison.Ordinal);
        Assert.Contains("take at least 2.00 ms, an estimate", page, StringComparison.Ordinal);
        Assert.Contains("Divisions timed: 1", page, StringComparison.Ordinal);
        Assert.Contains("AP on calibration images against measured time", page, StringComparison.Ordinal);
        Assert.Contains("measured ms", page, StringComparison.Ordinal);
        Assert.DoesNotContain("estimated ms", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plots_ShowHistogramsWithEveryCalibratorsAmax_AndLatencyDistributions()
    {
        var page = await RenderAsync();

        Assert.Contains("and the amax of each calibrator", page, StringComparison.Ordinal);
        Assert.Contains("entropy: 1", page, StringComparison.Ordinal);
        Assert.Contains("class=\"small\"", page, StringComparison.Ordinal);
        Assert.Contains("Distribution of the latency, batch 32", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plots_HaveTheirTitlesAndTicksAsText()
    {
        var page = await RenderAsync();

        var plots = Plot().Matches(page).Select(match => match.Value).ToArray();
        Assert.Contains(plots, plot =>
            plot.Contains(">recall</text>", StringComparison.Ordinal)
            && plot.Contains(">precision</text>", StringComparison.Ordinal)
            && plot.Contains(">0.4</text>", StringComparison.Ordinal)
            && plot.Contains(">INT8 engine</text>", StringComparison.Ordinal));
        Assert.All(plots, plot => Assert.True(TickLabel().Count(plot) >= 4, plot));
    }

    [Fact]
    public async Task Training_ShowsEveryTraining_FromBeforeTheFirstEpoch()
    {
        var page = await RenderAsync();

        Assert.All(["Search of the block scales", "Float training", "Quantization-aware training"],
            title => Assert.Contains($"<h3>{title}</h3>", page, StringComparison.Ordinal));
        Assert.Contains(
            "<tr><td class=\"n\">0</td><td class=\"n\">–</td><td class=\"n\">25.00</td></tr>", page,
            StringComparison.Ordinal);
        Assert.Contains("the network of epoch 2 is kept", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comparison_EngineMeasuredElsewhere_HasItsOwnRow_AndTheOtherNone()
    {
        var imported = new ImportedResults
        {
            TensorRt = "10.13.3",
            Gpu = "a GPU",
            Host = "elsewhere",
            Engines = [new ImportedEngine("tensorrt-int8.b32", new string('7', 64), "trtexec", SyntheticRun.Timing(32), null, null)],
        };

        var page = await RenderAsync(imported);

        Assert.Contains("measured on elsewhere and imported; AP not measured", page, StringComparison.Ordinal);
        Assert.Contains("delivered, not built: AP and speed not measured", page, StringComparison.Ordinal);
        var rows = Row().Matches(page).Select(match => match.Value).ToArray();
        Assert.Contains("15.6", rows.Single(row => row.Contains("TensorRT INT8 engine, batch 32</td><td class=\"n\">64", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain("15.6", rows.Single(row => row.Contains("TensorRT INT8 engine, batch 1</td>", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lineage_OfASharedStage_NamesItsProcesses() =>
        Assert.Contains(", 2 processes</td>", await RenderAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task Commands_NameTheArtifactsTheyMake()
    {
        var page = await RenderAsync();

        Assert.Contains(
            "<h3>ptq-graph.onnx</h3><pre tabindex=\"0\">qat calibrate run.json --out results</pre>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_EscapesNames()
    {
        var page = await RenderAsync();

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&quot;x&quot;)", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AsksTheNetworkForNothing()
    {
        var page = await RenderAsync();

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.All(Reference().Matches(page), match => Assert.True(
            match.Groups[1].Value.StartsWith('#')
                || match.Groups[1].Value.StartsWith("data:image/jpeg;base64,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Report_HasNoIdentifierTwice()
    {
        var page = await RenderAsync();

        var identifiers = Identifier().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(identifiers.Distinct(), identifiers);
    }

    [Fact]
    public async Task Samples_MarkWhatOnlyOneNetworkFound()
    {
        var page = await RenderAsync();

        Assert.Equal(2, AloneBox().Count(page));
    }

    [Fact]
    public async Task Report_IsTheSameTwice() => Assert.Equal(await RenderAsync(), await RenderAsync());

    private async Task<string> RenderAsync(ImportedResults? imported = null)
    {
        var context = await _run.CreateAsync(imported);
        await new RunReportFiles().WriteAsync(context, _folder.FullName, TestContext.Current.CancellationToken);
        return await File.ReadAllTextAsync(_folder.PathOf(RunReportFiles.HtmlName), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""(?:href|src)="([^"]*)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""\bid="([^"]*)""")]
    private static partial Regex Identifier();

    [GeneratedRegex("""<svg class="plot".*?</svg>""", RegexOptions.Singleline)]
    private static partial Regex Plot();

    [GeneratedRegex("""<text class="tick"[^>]*>[^<]+</text>""")]
    private static partial Regex TickLabel();

    [GeneratedRegex("<tr><td>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("class=\"box alone\"")]
    private static partial Regex AloneBox();
}
