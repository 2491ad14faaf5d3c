namespace QatPipeline.Coco.Evaluation;

/// <summary>
/// One category's detections over all images in descending order of score, each with its outcome at every IoU threshold and area.
/// </summary>
internal sealed class CategoryMatches
{
    /// <summary>Image (rank by id) of each detection.</summary>
    public required int[] Images { get; init; }

    /// <summary>Rank of each detection by score within its image.</summary>
    public required int[] Ranks { get; init; }

    /// <summary>[area][detection]: bit t is set where it matches at threshold t.</summary>
    public required ushort[][] Matched { get; init; }

    /// <summary>[area][detection]: bit t is set where it counts neither as right nor as wrong at threshold t.</summary>
    public required ushort[][] Ignored { get; init; }

    /// <summary>The images of <see cref="TruthCounts"/>.</summary>
    public required int[] TruthImages { get; init; }

    /// <summary>[area][image of <see cref="TruthImages"/>]: ground truths that count.</summary>
    public required int[][] TruthCounts { get; init; }

    public int Count => Images.Length;

    /// <summary>Collects a category's groups (side by side in both arguments).</summary>
    public static CategoryMatches Collect(ObjectGroups objects, MatchOutcomes outcomes, Range groups)
    {
        var (first, count) = groups.GetOffsetAndLength(objects.Groups.Length);
        var members = objects.Groups.AsSpan(first, count);
        var start = count == 0 ? 0 : members[0].Output;
        var length = count == 0 ? 0 : members[^1].Output + members[^1].KeptCount - start;

        var (images, ranks, order) = (new int[length], new int[length], new int[length]);
        var truthImages = new int[count];
        for (var i = 0; i < count; i++)
        {
            truthImages[i] = members[i].Image;
            for (var rank = 0; rank < members[i].KeptCount; rank++)
            {
                (images[members[i].Output - start + rank], ranks[members[i].Output - start + rank]) = (members[i].Image, rank);
            }
        }

        for (var i = 0; i < length; i++)
        {
            order[i] = i;
        }

        StableSort.Descending(outcomes.Scores.AsSpan(start, length).ToArray(), order);
        return new CategoryMatches
        {
            Images = Array.ConvertAll(order, index => images[index]),
            Ranks = Array.ConvertAll(order, index => ranks[index]),
            Matched = Array.ConvertAll(outcomes.Matched, area => Array.ConvertAll(order, index => area[start + index])),
            Ignored = Array.ConvertAll(outcomes.Ignored, area => Array.ConvertAll(order, index => area[start + index])),
            TruthImages = truthImages,
            TruthCounts = Array.ConvertAll(outcomes.TruthCounts, area => area[first..(first + count)]),
        };
    }
}
