namespace QatPipeline.Coco.Images;

/// <summary>An image that could not be used, and why (a sentence that names the file).</summary>
public sealed record BadImage(ImageFile File, string Reason);

/// <summary>What happens when an image is missing or corrupt.</summary>
public enum BadImagePolicy
{
    /// <summary>Report it and go on without it.</summary>
    Skip,

    /// <summary>End with an error that names it.</summary>
    Fail,
}
