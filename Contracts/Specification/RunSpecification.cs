namespace QatPipeline.Contracts.Specification;

/// <summary>
/// What a run does: the content of run.yaml. Every key, its default and its range are documented in docs/run-specification.md;
/// paths are relative to the file's folder until the specification is submitted, absolute from then on.
/// </summary>
public sealed record RunSpecification
{
    /// <summary>Name of the run, for people: reports show it.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of everything random in the run.</summary>
    public long Seed { get; init; }

    /// <summary>The detector the run starts from.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>The images of every split.</summary>
    public required DataSpecification Data { get; init; }

    /// <summary>The engine the run is made for: <c>ort-cpu</c> or <c>tensorrt</c>. The numeric scheme follows it.</summary>
    [AllowedValues("ort-cpu", "tensorrt")]
    public string Target { get; init; } = "ort-cpu";

    /// <summary>Float training before quantization; null starts from the model's own weights.</summary>
    public TrainSpecification? Train { get; init; }

    /// <summary>How ranges are collected and chosen; the defaults where the key is missing.</summary>
    public CalibrationSpecification Calibration { get; init; } = new();

    /// <summary>How layers are chosen that stay float; the defaults where the key is missing.</summary>
    public PartialSpecification Partial { get; init; } = new();

    /// <summary>Quantization-aware training; null goes from post-training quantization straight to the engine.</summary>
    public QatSpecification? Qat { get; init; } = new();

    /// <summary>How engines are built and timed; the defaults where the key is missing.</summary>
    public BuildSpecification Build { get; init; } = new();

    /// <summary>How AP is measured; the defaults where the key is missing.</summary>
    public EvaluationSpecification Evaluation { get; init; } = new();
}
