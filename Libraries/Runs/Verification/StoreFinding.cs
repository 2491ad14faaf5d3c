namespace QatPipeline.Runs.Verification;

/// <summary>Something in a store that is not as it must be.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Name">Name of the blob.</param>
/// <param name="Remedy">What makes it right again, as a sentence.</param>
public sealed record StoreFinding(StoreFindingKind Kind, string Name, string Remedy);

/// <summary>What is wrong with a blob.</summary>
public enum StoreFindingKind
{
    /// <summary>Its content is not what was written.</summary>
    Damaged,

    /// <summary>A record, a link or a run names it, and it is not there.</summary>
    Missing,

    /// <summary>The pipeline does not write blobs of that name.</summary>
    Foreign,
}

/// <summary>How far a verification is.</summary>
/// <param name="Blobs">Blobs that were read.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="TotalBytes">Size of all blobs.</param>
/// <param name="Unknown">How many of those that were read were written by a version that kept no digests.</param>
public sealed record VerificationProgress(int Blobs, long Bytes, long TotalBytes, int Unknown);
