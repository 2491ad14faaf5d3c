namespace QatPipeline.Coco.Data;

/// <summary>One object of the ground truth.</summary>
/// <param name="Id">Unique in its data set.</param>
/// <param name="ImageId">The image it is in.</param>
/// <param name="CategoryId">What it is.</param>
/// <param name="Box">Pixels of the image.</param>
/// <param name="Area">Pixels covered by the object (the mask's area in COCO, not the box's): decides small, medium, large.</param>
/// <param name="IsCrowd">A group that detections may match any number of times without being counted.</param>
public sealed record CocoAnnotation(long Id, long ImageId, long CategoryId, CocoBox Box, double Area, bool IsCrowd);
