namespace QatPipeline.Runs.Artifacts;

/// <summary>What the store has under a name is not what was written there, or is gone.</summary>
/// <param name="name">Name of the blob.</param>
/// <param name="sha256">Digest of what was written; null where even that is lost.</param>
/// <param name="content">What people call the content; null to call it by the blob's name.</param>
public sealed class DamagedBlobException(string name, string? sha256, string? content = null) : ArtifactException(
    $"'{content ?? name}' is damaged in the store: the blob {name} is not what was written there. Submit the run again under its id, "
    + "and it is made anew; './qat verify' lists everything that is damaged.")
{
    /// <summary>Name of the blob.</summary>
    public string Name => name;

    /// <summary>Digest of what was written; null where even that is lost.</summary>
    public string? Sha256 => sha256;
}
