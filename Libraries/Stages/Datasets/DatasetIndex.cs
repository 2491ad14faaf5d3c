using System.Text.Json.Serialization;
using QatPipeline.Coco.Data;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Datasets;

/// <summary>
/// What a run knows of its images: every picture of every split with size and digest, and the categories. Paths stay out of it, so that
/// the same pictures in another folder are the same index.
/// </summary>
public sealed record DatasetIndex
{
    /// <summary>In ascending order of id: the position is the network's class index.</summary>
    public required IReadOnlyList<CocoCategory> Categories { get; init; }

    /// <summary>Images that ranges are collected on, in the order they are taken in.</summary>
    public required IReadOnlyList<IndexedImage> Calibration { get; init; }

    /// <summary>Images of the trainings; empty where the run has none.</summary>
    public required IReadOnlyList<IndexedImage> Training { get; init; }

    /// <summary>Images that every variant is judged on.</summary>
    public required IReadOnlyList<IndexedImage> Validation { get; init; }

    /// <summary>Pictures that could not be read, or whose labels could not, and are left out.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>What was mended or passed over in labels and annotations; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Remarks { get; init; }

    /// <summary>The images of one split, without the skipped ones.</summary>
    public IReadOnlyList<IndexedImage> ImagesOf(DatasetSplit split) => split switch
    {
        DatasetSplit.Calibration => Calibration,
        DatasetSplit.Training => Training,
        _ => Validation,
    };

    /// <summary>Reads an index.</summary>
    /// <exception cref="ArtifactException">The file is not an index.</exception>
    public static Task<DatasetIndex> ReadAsync(string path, CancellationToken cancellationToken) =>
        JsonArtifact.ReadAsync<DatasetIndex>(path, ArtifactNames.DatasetIndex, cancellationToken);
}

/// <summary>The uses of images in a run.</summary>
public enum DatasetSplit
{
    /// <summary>Ranges are collected on it and choices made by it.</summary>
    Calibration,
    /// <summary>Weights are trained on it.</summary>
    Training,
    /// <summary>Variants are judged on it; nothing is chosen by it.</summary>
    Validation,
}

/// <summary>
/// A picture: the data set it is of (position in the specification's list), its id and file there, pixels, lower-case hex SHA-256.
/// </summary>
public sealed record IndexedImage(int Set, long Id, string File, int Width, int Height, string Sha256);

/// <summary>A picture left out, and why.</summary>
public sealed record SkippedImage(DatasetSplit Split, string File, string Reason);
