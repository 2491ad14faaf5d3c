using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Recognition;

/// <summary>What somebody says of a detector; what is left out is recognised.</summary>
public sealed record DetectorRequest
{
    /// <summary>A family (<see cref="DetectorFamilies"/>) or a layout's name in kebab case; null to recognise it.</summary>
    public string? Layout { get; init; }

    /// <summary>The outputs that are read, in the layout's order; empty to find them.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>What decoded boxes are; null to find it by their values.</summary>
    public BoxForm? Boxes { get; init; }

    /// <summary>Whether decoded boxes are parts of the canvas; null to find it by their values.</summary>
    public bool? IsNormalized { get; init; }

    /// <summary>What classes are; null to find it by their values.</summary>
    public ScoreForm? Scores { get; init; }

    /// <summary>Where the class of no object is; null to find it by the values.</summary>
    public BackgroundClass? Background { get; init; }

    /// <summary>Widths and heights of anchor boxes in pixels.</summary>
    public IReadOnlyList<double> Anchors { get; init; } = [];

    /// <summary>Whether the network scales the levels 0…255 itself, as one whose input is of 8 bits.</summary>
    public bool TakesLevels { get; init; }

    /// <summary>How pictures become the network's input; null for the family's own.</summary>
    public InputDescription? Input { get; init; }
}
