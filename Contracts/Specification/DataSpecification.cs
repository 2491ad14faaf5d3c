using System.Text.Json.Serialization;

namespace QatPipeline.Contracts.Specification;

/// <summary>The data sets: calibration and training data are never evaluated on.</summary>
public sealed record DataSpecification
{
    /// <summary>Images that ranges are collected on and choices are made by; never evaluated on.</summary>
    public IReadOnlyList<DatasetSpecification> Calibration { get; init; } = [];

    /// <summary>Images of float training and quantization-aware training.</summary>
    public IReadOnlyList<DatasetSpecification> Training { get; init; } = [];

    /// <summary>Images that every variant is judged on; nothing is chosen by them.</summary>
    public IReadOnlyList<DatasetSpecification> Validation { get; init; } = [];

    /// <summary>Names by class index of YOLO and Pascal VOC folders; null takes those that lie with the data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Unreadable images and labels: <c>skip</c> reports and skips them, <c>fail</c> ends the run.</summary>
    [AllowedValues("skip", "fail")]
    public string OnBadImage { get; init; } = "skip";
}
