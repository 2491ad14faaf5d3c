namespace QatPipeline.Contracts.Artifacts;

/// <summary>A content-addressed artifact: its readable name in the run, lower-case hex SHA-256, and size in bytes.</summary>
public sealed record ArtifactReference(string Name, string Sha256, long Size);
