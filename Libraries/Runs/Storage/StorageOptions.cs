using System.ComponentModel.DataAnnotations;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Storage;

/// <summary>Section <c>Storage</c>: where artifacts are kept, and their local copies.</summary>
public sealed class StorageOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Name of the blob container: 3 to 63 lower-case letters, digits and hyphens.</summary>
    [RegularExpression("^[a-z0-9](-?[a-z0-9]){2,62}$")]
    public string Container { get; set; } = "qatpipeline";

    /// <summary>Folder of local copies of artifacts.</summary>
    [Required]
    public string CacheFolder { get; set; } = Path.Combine(UserFolders.Cache, "artifacts");

    /// <summary>Size in bytes the local copies may have together; at least 1 MiB.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long CacheBytes { get; set; } = 20L << 30;

    /// <summary>The cache of these options.</summary>
    public ArtifactCache OpenCache(TimeProvider time) => new(CacheFolder, CacheBytes, time);
}
