using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Checks;

/// <summary>What a data set holds.</summary>
public sealed record DatasetFigures
{
    /// <summary>The annotation file or folder.</summary>
    public required string Source { get; init; }

    /// <summary>Pictures that can be used.</summary>
    public required int Images { get; init; }

    /// <summary>Those of them that have no objects.</summary>
    public required int EmptyImages { get; init; }

    /// <summary>Objects, crowds included.</summary>
    public required int Objects { get; init; }

    /// <summary>Groups that detections may match any number of times.</summary>
    public required int Crowds { get; init; }

    /// <summary>Objects of COCO's three sizes: under 32² pixels, under 96², the others.</summary>
    public required ObjectSizes Sizes { get; init; }

    /// <summary>Boxes without any area.</summary>
    public required int EmptyBoxes { get; init; }

    /// <summary>Boxes that end more than a pixel outside their picture.</summary>
    public required int BoxesOverTheEdge { get; init; }

    /// <summary>Smallest and largest width, smallest and largest height in pixels; 0 where there is no picture.</summary>
    public required PictureSizes Pictures { get; init; }

    /// <summary>In ascending order of id: the position is the class index.</summary>
    public required IReadOnlyList<ClassFigures> Classes { get; init; }

    /// <summary>What was mended or passed over.</summary>
    public required IReadOnlyList<DataRemark> Remarks { get; init; }

    /// <summary>Pictures that cannot be used, with their labels.</summary>
    public required IReadOnlyList<BadImage> Skipped { get; init; }
}

/// <summary>How many objects are small, medium, large.</summary>
public sealed record ObjectSizes(int Small, int Medium, int Large);

/// <summary>The extremes of the pictures' sides in pixels.</summary>
public sealed record PictureSizes(int SmallestWidth, int LargestWidth, int SmallestHeight, int LargestHeight);

/// <summary>One class: its objects, the pictures they are in, and its colour on a sheet (#rrggbb).</summary>
public sealed record ClassFigures(long Id, string Name, int Objects, int Images, string Color);
