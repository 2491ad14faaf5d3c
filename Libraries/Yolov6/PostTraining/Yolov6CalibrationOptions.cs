using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Yolov6.PostTraining;

/// <summary>How a float RepOpt network becomes a calibrated one (reference 2.1, 5.2); the defaults are sensible for new models.</summary>
public sealed record Yolov6CalibrationOptions
{
    /// <summary>How activation ranges are chosen: the S configuration takes entropy, N and T take the maximum.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.Entropy;

    /// <summary>Batches the ranges are taken from; at least 1.</summary>
    public int Batches { get; init; } = 4;

    /// <summary>The reference's loop reads one batch more than it is told (reference 5.2).</summary>
    public bool ReadsOneBatchMore { get; init; }

    /// <summary>
    /// Whether the batches handed over should be augmented training images, as the reference's are, or letterboxed ones. Read by whoever
    /// makes the batches.
    /// </summary>
    public bool UsesAugmentedImages { get; init; }

    /// <summary>Round weights, statistics and ranges to half precision, as the reference's calibrated files are stored.</summary>
    public bool RoundsToHalf { get; init; }

    /// <summary>Layers that stay float, by the names of their weights without <c>.weight</c>.</summary>
    public IReadOnlyList<string> SensitiveLayers { get; init; } = [];

    /// <summary>Where quantizers go and which scheme weights have; by default that of TensorRT.</summary>
    public PlacementOptions Placement { get; init; } = new();

    /// <summary>Calibration as the reference does it (reference 12, middle column).</summary>
    public static Yolov6CalibrationOptions Strict { get; } = new()
    {
        ReadsOneBatchMore = true,
        UsesAugmentedImages = true,
        RoundsToHalf = true,
        Placement = new PlacementOptions { WeightScheme = QuantizationScheme.SignedSymmetric },
    };

    /// <summary>The fifteen head convolutions that the S configuration lists as sensitive (reference 2.1).</summary>
    public static IReadOnlyList<string> SensitiveHead { get; } =
    [
        .. from level in Enumerable.Range(0, 3)
           from layer in new[]
           {
               $"stems.{level}.conv", $"cls_convs.{level}.conv", $"reg_convs.{level}.conv", $"cls_preds.{level}", $"reg_preds.{level}",
           }
           select $"detect.{layer}",
    ];
}
