using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Recognition;

/// <summary>Families of detectors: which layouts they are exported in, and what they take.</summary>
public static class DetectorFamilies
{
    private static readonly InputDescription Plain = new();
    private static readonly InputDescription Levels = new() { Channels = ChannelOrder.Bgr, Scale = 1 };

    // Means and deviations of ImageNet.
    private static readonly InputDescription ImageNet = new() { Mean = [0.485, 0.456, 0.406], Deviation = [0.229, 0.224, 0.225] };

    private static readonly InputDescription ImageNetReversed = new()
    {
        Channels = ChannelOrder.Bgr,
        Scale = 1,
        Mean = [103.53, 116.28, 123.675],
        Deviation = [57.375, 57.12, 58.395],
    };

    private static readonly InputDescription Signed = new() { Scale = 1, Mean = [127, 127, 127], Deviation = [128, 128, 128] };

    /// <summary>The families by name, in the order of the documentation.</summary>
    public static IReadOnlyDictionary<string, DetectorFamily> All { get; } = new Dictionary<string, DetectorFamily>(StringComparer.Ordinal)
    {
        ["yolov5"] = new("YOLOv5", [OutputLayout.Rows, OutputLayout.Anchors], Plain),
        ["yolov6"] = new("YOLOv6", [OutputLayout.Rows], Plain),
        ["yolov7"] = new("YOLOv7", [OutputLayout.Rows, OutputLayout.Anchors, OutputLayout.EndToEnd], Plain)
        {
            Anchors = [12, 16, 19, 36, 40, 28, 36, 75, 76, 55, 72, 146, 142, 110, 192, 243, 459, 401],
        },
        ["yolov8"] = new("YOLOv8", [OutputLayout.Classes, OutputLayout.Distribution], Plain),
        ["yolov9"] = new("YOLOv9", [OutputLayout.Classes], Plain),
        ["yolov10"] = new("YOLOv10", [OutputLayout.EndToEnd], Plain),
        ["yolo11"] = new("YOLO11", [OutputLayout.Classes, OutputLayout.Distribution], Plain),
        ["yolo12"] = new("YOLO12", [OutputLayout.Classes, OutputLayout.Distribution], Plain),
        ["yolo26"] = new("YOLO26", [OutputLayout.EndToEnd], Plain),
        ["yolox"] = new("YOLOX", [OutputLayout.Grid, OutputLayout.Rows], Levels),
        ["nanodet"] = new("NanoDet", [OutputLayout.Distribution], ImageNetReversed),
        ["picodet"] = new("PicoDet", [OutputLayout.Distribution, OutputLayout.EndToEnd], ImageNet),
        ["fastestdet"] = new("FastestDet", [OutputLayout.Cells], new() { Channels = ChannelOrder.Bgr }),
        ["ssd"] = new("SSD", [OutputLayout.BoxesScores, OutputLayout.BoxesScoresLabels], Plain),
        ["torchvision"] = new("torchvision", [OutputLayout.BoxesScoresLabels], Plain),
        ["ultraface"] = new("UltraFace", [OutputLayout.BoxesScores], Signed),
        ["detr"] = new("DETR", [OutputLayout.BoxesScores, OutputLayout.Classes, OutputLayout.BoxesScoresLabels], ImageNet)
        {
            IsFinal = true,
        },
        ["raw"] = new("undecoded", [OutputLayout.Grid, OutputLayout.Anchors, OutputLayout.Cells, OutputLayout.Distribution], Plain),
    };
}

/// <summary>A family of detectors.</summary>
/// <param name="Title">Its name as people write it.</param>
/// <param name="Layouts">The layouts its exporters write.</param>
/// <param name="Input">What its networks take.</param>
public sealed record DetectorFamily(string Title, IReadOnlyList<OutputLayout> Layouts, InputDescription Input)
{
    /// <summary>Widths and heights of its anchor boxes; empty for those of YOLOv5.</summary>
    public IReadOnlyList<double> Anchors { get; init; } = [];

    /// <summary>Whether its outputs hold each object once.</summary>
    public bool IsFinal { get; init; }
}
