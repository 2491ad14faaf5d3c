namespace QatPipeline.Contracts.Specification;

/// <summary>A YOLOv6 network built by this project.</summary>
public sealed record Yolov6Specification
{
    /// <summary><c>n</c>, <c>t</c> or <c>s</c>.</summary>
    [AllowedValues("n", "t", "s")]
    public string Variant { get; init; } = "s";

    /// <summary>Channel multiple; 0 takes the variant's own (0.25, 0.375, 0.5).</summary>
    [Range(0.0, 4.0)]
    public double Width { get; init; }

    /// <summary>Block repeat multiple; 0 takes the variants' 0.33.</summary>
    [Range(0.0, 4.0)]
    public double Depth { get; init; }

    /// <summary><c>repopt</c>, <c>repvgg</c> or <c>hyper-search</c>.</summary>
    [AllowedValues("repopt", "repvgg", "hyper-search")]
    public string Form { get; init; } = "repopt";

    /// <summary>Path of a checkpoint (.pt, .safetensors, .onnx); null starts from the seed.</summary>
    [FilePath]
    public string? Checkpoint { get; init; }

    /// <summary>Path of a hyper-search checkpoint or scale file for RepOpt training.</summary>
    [FilePath]
    public string? Scales { get; init; }
}
