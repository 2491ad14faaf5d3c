using System.Text.Json.Serialization;
using QatPipeline.Quantization.Search;

namespace QatPipeline.Stages.Reports;

/// <summary>calibration-report.json: what post-training quantization tried and why it chose as it did.</summary>
public sealed record CalibrationReport
{
    /// <summary>Images that ranges were collected on.</summary>
    public required int Images { get; init; }

    /// <summary>SHA-256 over the digests of the calibration images, in order.</summary>
    public required string ListSha256 { get; init; }

    /// <summary>How the outputs and the input of a model from a file were read; null for a network whose outputs are known.</summary>
    public string? Detector { get; init; }

    /// <summary>What makes the figures doubtful; null where nothing does.</summary>
    public string? Warning { get; init; }

    /// <summary>What was changed in the model's file so that it could be worked with; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Remarks { get; init; }

    /// <summary>AP of the float graph on the calibration images and on the validation images.</summary>
    public required MethodFigures Float { get; init; }

    /// <summary>AP of every method that was tried, on the calibration images alone, in the specification's order.</summary>
    public required IReadOnlyList<MethodFigures> Methods { get; init; }

    /// <summary>Name of one of <see cref="Methods"/>.</summary>
    public required string ChosenMethod { get; init; }

    /// <summary>Why that method, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>What correcting the biases did; null where the specification does not ask for it.</summary>
    public required BiasCorrectionFigures? BiasCorrection { get; init; }

    /// <summary>The search for layers to leave float; null where it is switched off.</summary>
    public required SearchFigures? Search { get; init; }

    /// <summary>AP of the graph that was handed on.</summary>
    public required MethodFigures Final { get; init; }

    /// <summary>Multiplications of one image in quantized layers, and in all convolutions and matrix products.</summary>
    public required MacCoverage Coverage { get; init; }

    /// <summary>Every layer that can be quantized, in execution order.</summary>
    public required IReadOnlyList<LayerFigures> Layers { get; init; }

    /// <summary>Convolutions and matrix products without quantizers, with the reason.</summary>
    public required IReadOnlyList<UnplacedLayer> Unplaced { get; init; }

    /// <summary>The ranges of activations as handed on; weights are left out.</summary>
    public required IReadOnlyList<RangeSummary> Quantizers { get; init; }
}

/// <summary>AP on the calibration images without and with corrected biases; kept where it does not fall.</summary>
public sealed record BiasCorrectionFigures(double SelectionApBefore, double SelectionApAfter, bool Kept);

/// <summary>
/// Budget, course and outcome of the search for layers to leave float. Times are measured where <c>Placement</c> is there, else estimates,
/// null where the target has no model. Of the float layers, the slow ones are float because integers would save no time there.
/// </summary>
public sealed record SearchFigures(
    int Images, double FloatAp, double LeastAp, double? FloatMilliseconds, double? LongestMilliseconds,
    IReadOnlyList<SearchStep> Steps, IReadOnlyList<string> FloatLayers, IReadOnlyList<string> SlowLayers,
    bool MeetsBudget, string Explanation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PlacementFigures? Placement = null);

/// <summary>Share of the arithmetic that is quantized.</summary>
public sealed record MacCoverage(long Quantized, long Total);

/// <summary>What quantization does to one layer's output, all layers quantized; the ratio is null where there is no error.</summary>
/// <param name="Name">The node.</param>
/// <param name="Class">Depthwise, pointwise, dense or head.</param>
/// <param name="Macs">Multiplications for one image.</param>
/// <param name="Local">The layer alone quantized.</param>
/// <param name="Accumulated">The whole network quantized.</param>
/// <param name="Sensitivity">
/// Distortion of the predictions when only this layer is quantized; null where the search had no choice about it.
/// </param>
/// <param name="IsQuantized">False where it was left float.</param>
/// <param name="Reason">Why it was left float; null for the others.</param>
public sealed record LayerFigures(
    string Name, string Class, long Macs, OutputError Local, OutputError Accumulated,
    double? Sensitivity, bool IsQuantized, string? Reason);

/// <summary>A layer that no quantizer was placed on, and why.</summary>
public sealed record UnplacedLayer(string Name, long Macs, string Reason);

/// <summary>Signal-to-noise ratio in dB (null: no error) and cosine similarity of an output against float.</summary>
public sealed record OutputError(double? SqnrDecibel, double Cosine);

/// <summary>
/// AP of a network: on the images it is chosen by, and on those it is judged by, null for one that was only chosen among.
/// </summary>
public sealed record MethodFigures(string Method, double SelectionAp, double? ValidationAp);
