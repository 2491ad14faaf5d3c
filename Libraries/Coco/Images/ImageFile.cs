namespace QatPipeline.Coco.Images;

/// <summary>An image to load: its id and size in the data set, and where it is.</summary>
public sealed record ImageFile(long Id, string Path, int Width, int Height);
