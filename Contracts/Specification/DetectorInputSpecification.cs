namespace QatPipeline.Contracts.Specification;

/// <summary>What a network takes for a picture: (level · scale − mean) / std, for levels 0…255 of each plane.</summary>
public sealed record DetectorInputSpecification
{
    /// <summary>Order of the planes: <c>rgb</c> or <c>bgr</c>.</summary>
    [AllowedValues("rgb", "bgr")]
    public string Channels { get; init; } = "rgb";

    /// <summary>What levels are multiplied by; 0 takes 1/255.</summary>
    [Range(0.0, 1e6)]
    public double Scale { get; init; }

    /// <summary>What is subtracted then: three numbers in the order of the planes, or none.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>What is divided by at last: three numbers in the order of the planes, or none.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <summary>Where pictures lie on the input: <c>centre</c>, <c>corner</c> (upper left) or <c>stretch</c>.</summary>
    [AllowedValues("centre", "corner", "stretch")]
    public string Placement { get; init; } = "centre";

    /// <summary>Height and width in pixels, for models that leave them open; an empty list takes the model's own.</summary>
    public IReadOnlyList<int> Size { get; init; } = [];
}
