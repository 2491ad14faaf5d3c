namespace QatPipeline.Coco.Data;

/// <summary>An image that could not be used, and why (a sentence that names the file).</summary>
public sealed record BadImage(CocoImage File, string Reason);
