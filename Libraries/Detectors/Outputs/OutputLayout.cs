namespace QatPipeline.Detectors.Outputs;

/// <summary>What the numbers of a detector's outputs are. K is the number of classes, A that of anchors or cells.</summary>
public enum OutputLayout
{
    /// <summary>[A,5+K] or [5+K,A]: decoded box, objectness, classes (YOLOv5, v6, v7).</summary>
    Rows,

    /// <summary>
    /// [A,4+K] or [4+K,A]: decoded box, classes (YOLOv8, v9, 11, 12); further channels, of masks or key points, are ignored.
    /// </summary>
    Classes,

    /// <summary>[M,6] or [M,7]: final detections (YOLOv10, YOLO26, suppression inside the model).</summary>
    EndToEnd,

    /// <summary>[A,4] and [A,K] in two outputs (SSD, UltraFace, DETR), perhaps with a class for background.</summary>
    BoxesScores,

    /// <summary>
    /// [M,4], [M] and [M] in three outputs: final detections, the class a number (torchvision, DETR with post-processing,
    /// suppression inside the model).
    /// </summary>
    BoxesScoresLabels,

    /// <summary>
    /// [A,5+K] over the cells of all strides, or [5+K,h,w] for each: offsets in the cell and logarithms of sizes (YOLOX).
    /// </summary>
    Grid,

    /// <summary>[n·(5+K),h,w] or [n,h,w,5+K] for each stride: relative to n anchor boxes (YOLOv5 and v7 without decoding).</summary>
    Anchors,

    /// <summary>[5+K,h,w]: objectness, box relative to the picture, classes (FastestDet).</summary>
    Cells,

    /// <summary>
    /// [A,K] and [A,4·bins] for each stride, or both in one: distances as distributions (NanoDet, PicoDet, GFL, YOLOv8 without decoding).
    /// </summary>
    Distribution,
}

/// <summary>What the four numbers of a decoded box are.</summary>
public enum BoxForm
{
    /// <summary>Centre x, centre y, width, height.</summary>
    Centre,

    /// <summary>x1, y1, x2, y2.</summary>
    Corners,

    /// <summary>y1, x1, y2, x2 (TensorFlow).</summary>
    CornersYx,
}

/// <summary>What a class's number is.</summary>
public enum ScoreForm
{
    /// <summary>A probability, 0…1.</summary>
    Probabilities,

    /// <summary>The sigmoid of it is one.</summary>
    Logits,

    /// <summary>The softmax over all classes of it is one.</summary>
    Softmax,
}

/// <summary>Where the class that stands for no object is.</summary>
public enum BackgroundClass
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Before the others.</summary>
    First,

    /// <summary>After the others.</summary>
    Last,
}
