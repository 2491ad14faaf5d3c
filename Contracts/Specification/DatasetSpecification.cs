using System.Text.Json.Serialization;

namespace QatPipeline.Contracts.Specification;

/// <summary>One data set: a COCO annotation file with its image folder, a YOLO or Pascal VOC folder, or a generated demo set.</summary>
public sealed record DatasetSpecification
{
    /// <summary>COCO JSON; excludes <see cref="Yolo"/>, <see cref="Voc"/> and <see cref="Synthetic"/>.</summary>
    [FilePath]
    public string? Annotations { get; init; }

    /// <summary>Folder the annotation file's image names are relative to.</summary>
    [FilePath]
    public string? Images { get; init; }

    /// <summary>Folder with images and labels in the YOLO layout, its folder of images, or its data.yaml.</summary>
    [FilePath]
    public string? Yolo { get; init; }

    /// <summary>Folder with images and XML files in the layout of Pascal VOC, or one of its lists of stems.</summary>
    [FilePath]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Voc { get; init; }

    /// <summary>A generated data set; excludes <see cref="Annotations"/> and <see cref="Yolo"/>.</summary>
    public SyntheticSpecification? Synthetic { get; init; }

    /// <summary>Takes only the first so many images; 0 takes all.</summary>
    [Range(0, int.MaxValue)]
    public int Limit { get; init; }
}
