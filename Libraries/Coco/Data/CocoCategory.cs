namespace QatPipeline.Coco.Data;

/// <summary>A category under the id that annotations and detections name it by (COCO's own ids have gaps: 80 in 1…90).</summary>
public sealed record CocoCategory(long Id, string Name);
