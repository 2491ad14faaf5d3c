using System.Text.Json;

namespace QatPipeline.Pipeline.Datasets;

/// <summary>
/// What a run knows of its images: every picture of every split with size and digest, and the categories. Paths stay out of it, so that
/// the same pictures in another folder are the same index.
/// </summary>
public sealed record DatasetIndex
{
    /// <summary>In ascending order of id: the position is the network's class index.</summary>
    public required IReadOnlyList<IndexedCategory> Categories { get; init; }

    public required IReadOnlyList<IndexedImage> Calibration { get; init; }

    public required IReadOnlyList<IndexedImage> Training { get; init; }

    public required IReadOnlyList<IndexedImage> Validation { get; init; }

    /// <summary>Pictures that could not be read and are left out.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    public IReadOnlyList<IndexedImage> ImagesOf(DatasetSplit split) => split switch
    {
        DatasetSplit.Calibration => Calibration,
        DatasetSplit.Training => Training,
        _ => Validation,
    };

    public static async Task<DatasetIndex> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
        {
            return (await JsonSerializer.DeserializeAsync<DatasetIndex>(stream, PipelineJson.Options, cancellationToken).ConfigureAwait(false))!;
        }
    }

    public Task WriteAsync(string path, CancellationToken cancellationToken) =>
        File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(this, PipelineJson.Options), cancellationToken);
}

/// <summary>The uses of images in a run.</summary>
public enum DatasetSplit
{
    Calibration,
    Training,
    Validation,
}

public sealed record IndexedCategory(long Id, string Name);

/// <summary>A picture: the data set it is of (position in the specification's list), its id and file there, pixels, lower-case hex SHA-256.</summary>
public sealed record IndexedImage(int Set, long Id, string File, int Width, int Height, string Sha256);

/// <summary>A picture left out, and why.</summary>
public sealed record SkippedImage(DatasetSplit Split, string File, string Reason);
