namespace QatPipeline.Contracts.Specification;

/// <summary>One data set: a COCO annotation file with its image folder, a YOLO folder, or a generated demo set.</summary>
public sealed record DatasetSpecification
{
    /// <summary>COCO JSON; excludes <see cref="Yolo"/> and <see cref="Synthetic"/>.</summary>
    [FilePath]
    public string? Annotations { get; init; }

    /// <summary>Folder the annotation file's image names are relative to.</summary>
    [FilePath]
    public string? Images { get; init; }

    /// <summary>Folder with images and labels in the YOLO layout.</summary>
    [FilePath]
    public string? Yolo { get; init; }

    /// <summary>A generated data set; excludes <see cref="Annotations"/> and <see cref="Yolo"/>.</summary>
    public SyntheticSpecification? Synthetic { get; init; }

    /// <summary>Takes only the first so many images; 0 takes all.</summary>
    [Range(0, int.MaxValue)]
    public int Limit { get; init; }
}
