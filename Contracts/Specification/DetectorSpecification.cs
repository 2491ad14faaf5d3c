namespace QatPipeline.Contracts.Specification;

/// <summary>What a detector of another family takes and gives; what is left out is recognised.</summary>
public sealed record DetectorSpecification
{
    /// <summary>A family or the layout of its outputs, as docs/detectors.md lists them; null to recognise it.</summary>
    [AllowedValues(
        "yolov5", "yolov6", "yolov7", "yolov8", "yolov9", "yolov10", "yolo11", "yolo12", "yolo26", "yolox", "nanodet", "picodet",
        "fastestdet", "ssd", "torchvision", "ultraface", "detr", "raw",
        "rows", "classes", "end-to-end", "boxes-scores", "boxes-scores-labels", "grid", "anchors", "cells", "distribution")]
    public string? Layout { get; init; }

    /// <summary>The outputs that are read, in the layout's order; an empty list finds them.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Number of the model's classes; 0 takes the data sets'.</summary>
    [Range(0, 100_000)]
    public int Classes { get; init; }

    /// <summary>
    /// What decoded boxes are: <c>centre</c> (and size), <c>corners</c> or <c>corners-yx</c> (y first); null to see it from their values.
    /// </summary>
    [AllowedValues("centre", "corners", "corners-yx")]
    public string? Boxes { get; init; }

    /// <summary>Unit of decoded boxes: <c>pixels</c> of the input or <c>parts</c> of it, 0…1; null to see it from their values.</summary>
    [AllowedValues("pixels", "parts")]
    public string? Units { get; init; }

    /// <summary><c>probabilities</c>, <c>logits</c> or <c>softmax</c> (before it); null to see it from their values.</summary>
    [AllowedValues("probabilities", "logits", "softmax")]
    public string? Scores { get; init; }

    /// <summary>The class of no object: <c>none</c>, <c>first</c> or <c>last</c>; null to see it from the scores.</summary>
    [AllowedValues("none", "first", "last")]
    public string? Background { get; init; }

    /// <summary>Widths and heights of anchor boxes in pixels, in the order of strides; an empty list takes the family's.</summary>
    public IReadOnlyList<double> Anchors { get; init; } = [];

    /// <summary>How pictures become the network's input; null takes the family's.</summary>
    public DetectorInputSpecification? Input { get; init; }
}
