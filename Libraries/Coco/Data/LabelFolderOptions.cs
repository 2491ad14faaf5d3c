namespace QatPipeline.Coco.Data;

/// <summary>How a folder of pictures with a label file each is read.</summary>
public sealed record LabelFolderOptions
{
    /// <summary>
    /// Names by class index, which get the ids 1, 2, … (those of COCO's 80 get COCO's ids). Null: those that lie with the data.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Which part of it, where a <c>data.yaml</c> tells them apart.</summary>
    public DataSubset Subset { get; init; } = DataSubset.Train;

    /// <summary>Receives the pictures that cannot be used, or whose labels cannot, which are left out; null: they are fatal.</summary>
    public Action<BadImage>? OnBadImage { get; init; }

    /// <summary>Called with the path of every file before it is opened; may throw to refuse it.</summary>
    public Action<string> OnOpen { get; init; } = _ => { };

    /// <summary>Ids that no picture may get, since other data sets have them.</summary>
    public IReadOnlySet<long> TakenIds { get; init; } = new HashSet<long>();
}
