namespace QatPipeline.Contracts.Specification;

/// <summary>The float detector: an ONNX file, or a YOLOv6 network of this project with a checkpoint.</summary>
public sealed record ModelSpecification
{
    /// <summary>Path of a float detector in ONNX; excludes <see cref="Yolov6"/>.</summary>
    [FilePath]
    public string? Onnx { get; init; }

    /// <summary>A YOLOv6 network of this project; excludes <see cref="Onnx"/>.</summary>
    public Yolov6Specification? Yolov6 { get; init; }

    /// <summary>Side of the square network input in pixels; 0 takes the model's own.</summary>
    [Range(0, 4096)]
    public int InputSize { get; init; }

    /// <summary>What the detector in <see cref="Onnx"/> takes and gives; null to recognise all of it.</summary>
    public DetectorSpecification? Detector { get; init; }
}
