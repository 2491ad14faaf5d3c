namespace QatPipeline.Coco.Data;

/// <summary>One image of a data set.</summary>
/// <param name="Id">Unique in its data set; COCO's own ids are the integer file stem.</param>
/// <param name="FileName">Relative to the image folder, or a full path; empty where the annotation file names none.</param>
/// <param name="Width">Pixels; 0 where the annotation file does not say.</param>
/// <param name="Height">Pixels; 0 where the annotation file does not say.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);
