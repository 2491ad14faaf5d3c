namespace QatPipeline.Coco;

/// <summary>An image that cannot be used, and why (a sentence that names the file).</summary>
public sealed record BadImage(string Path, string Reason);

/// <summary>What happens when an image is missing or corrupt.</summary>
public enum BadImagePolicy
{
    /// <summary>End with an error that names the image.</summary>
    Fail,

    /// <summary>Report the image and go on without it.</summary>
    Skip,
}

/// <summary>Collects or refuses bad images, as configured. Safe to use from several threads.</summary>
/// <param name="Policy">Whether a bad image is fatal.</param>
/// <param name="Report">Receives each skipped image, possibly from a worker thread.</param>
public sealed record BadImageHandling(BadImagePolicy Policy = BadImagePolicy.Fail, Action<BadImage>? Report = null)
{
    /// <exception cref="CocoException">The policy is to fail.</exception>
    internal void Handle(BadImage image, Exception? cause = null)
    {
        if (Policy == BadImagePolicy.Fail)
        {
            throw cause is null ? new CocoException(image.Reason) : new CocoException(image.Reason, cause);
        }

        Report?.Invoke(image);
    }
}
