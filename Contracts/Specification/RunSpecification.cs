using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Contracts.Specification;

/// <summary>
/// What a run does: the content of run.yaml. Every key, its default and its range are documented in docs/run-specification.md;
/// paths are relative to the file's folder until the specification is submitted, absolute from then on.
/// </summary>
public sealed record RunSpecification
{
    private readonly string? _target;
    private readonly IReadOnlyList<string>? _targets;

    /// <summary>Name of the run, for people: reports show it.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of everything random in the run.</summary>
    public long Seed { get; init; }

    /// <summary>The detector the run starts from.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>The images of every split.</summary>
    public required DataSpecification Data { get; init; }

    /// <summary>
    /// The engine the run is made for: <c>ort-cpu</c> or <c>tensorrt</c>. The numeric scheme follows it. Left out, it is the first of
    /// <see cref="Targets"/>.
    /// </summary>
    [AllowedValues(TargetNames.OrtCpu, TargetNames.TensorRt)]
    public string Target
    {
        get => _target ?? (_targets is [var first, ..] ? first : TargetNames.OrtCpu);
        init => _target = value;
    }

    /// <summary>
    /// The targets that engines are made for: first <see cref="Target"/>, which is trained for, then those that its ranges are carried
    /// over to. Left out, it is <see cref="Target"/> alone.
    /// </summary>
    public IReadOnlyList<string> Targets
    {
        get => _targets is { Count: > 0 } ? _targets : [Target];
        init => _targets = value;
    }

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
