namespace QatPipeline.Coco.Data;

/// <summary>A picture of a label folder before it is opened.</summary>
/// <param name="Path">Of the picture.</param>
/// <param name="Labels">The file of its labels, which need not exist.</param>
/// <param name="Width">Pixels, where the labels say.</param>
/// <param name="Height">Pixels, where the labels say.</param>
internal sealed record LabelledPicture(string Path, string Labels, int Width = 0, int Height = 0);
