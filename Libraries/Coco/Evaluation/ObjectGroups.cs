using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Evaluation;

/// <summary>The objects of one category in one image: ranges of <see cref="ObjectGroups"/>' arrays.</summary>
/// <param name="Category">Class index.</param>
/// <param name="Image">Rank of the image by id.</param>
/// <param name="FirstTruth">Start in <see cref="ObjectGroups.Truths"/>.</param>
/// <param name="TruthCount">Annotations.</param>
/// <param name="FirstDetection">Start in <see cref="ObjectGroups.Detections"/>.</param>
/// <param name="DetectionCount">Detections, of which only the best 100 take part.</param>
/// <param name="Output">Where the outcomes of those begin.</param>
internal readonly record struct ObjectGroup(
    int Category, int Image, int FirstTruth, int TruthCount, int FirstDetection, int DetectionCount, int Output)
{
    public int KeptCount => Math.Min(DetectionCount, EvaluationGrid.DetectionLimit);
}

/// <summary>
/// Ground truth and detections brought side by side: grouped by category, then by image in ascending order of id, in the order of
/// their files within a group. That is the order in which pycocotools sees them, which decides ties.
/// </summary>
internal sealed class ObjectGroups
{
    public required CocoAnnotation[] Truths { get; init; }

    public required Detection[] Detections { get; init; }

    /// <summary>Ordered by category, then image; groups without any object are absent.</summary>
    public required ObjectGroup[] Groups { get; init; }

    /// <summary>Detections of categories the ground truth does not have.</summary>
    public required int IgnoredDetections { get; init; }

    /// <summary>Detections that take part.</summary>
    public int OutputCount => Groups.Length == 0 ? 0 : Groups[^1].Output + Groups[^1].KeptCount;

    /// <exception cref="CocoException">A detection is of an image the ground truth does not have.</exception>
    public static ObjectGroups Create(CocoDataset truth, IReadOnlyList<Detection> detections)
    {
        var images = truth.Images.Count;
        var ranks = new int[images];
        foreach (var (rank, entry) in truth.Images.Index().OrderBy(entry => entry.Item.Id).Index())
        {
            ranks[entry.Index] = rank;
        }

        long KeyOf(long imageId, long categoryId) => (truth.CategoryIndexOf(categoryId), truth.ImageIndexOf(imageId)) switch
        {
            (_, < 0) => throw new CocoException(
                $"A detection is of image {imageId}, which {truth.Source} does not have: "
                + "detections and annotations must be of one data set."),
            ( < 0, _) => -1,
            var (category, image) => ((long)category * images) + ranks[image],
        };

        var truthKeys = SortedKeys(
            truth.Annotations.Count, index => KeyOf(truth.Annotations[index].ImageId, truth.Annotations[index].CategoryId));
        var detectionKeys = SortedKeys(detections.Count, index => KeyOf(detections[index].ImageId, detections[index].CategoryId));
        return new ObjectGroups
        {
            Truths = Array.ConvertAll(truthKeys, entry => truth.Annotations[entry.Index]),
            Detections = Array.ConvertAll(detectionKeys, entry => detections[entry.Index]),
            Groups = Merge(truthKeys, detectionKeys, images),
            IgnoredDetections = detections.Count - detectionKeys.Length,
        };
    }

    /// <summary>Items in ascending order of key, equal keys in their own order; negative keys are left out.</summary>
    private static (long Key, int Index)[] SortedKeys(int count, Func<int, long> keyOf)
    {
        var entries = new List<(long Key, int Index)>(count);
        for (var index = 0; index < count; index++)
        {
            if (keyOf(index) is >= 0 and var key)
            {
                entries.Add((key, index));
            }
        }

        entries.Sort();
        return [.. entries];
    }

    private static ObjectGroup[] Merge((long Key, int Index)[] truths, (long Key, int Index)[] detections, int images)
    {
        var groups = new List<ObjectGroup>();
        var (t, d, output) = (0, 0, 0);
        while (t < truths.Length || d < detections.Length)
        {
            var key = Math.Min(
                t < truths.Length ? truths[t].Key : long.MaxValue, d < detections.Length ? detections[d].Key : long.MaxValue);
            var (truthCount, detectionCount) = (RunLength(truths, t, key), RunLength(detections, d, key));
            var group = new ObjectGroup((int)(key / images), (int)(key % images), t, truthCount, d, detectionCount, output);
            groups.Add(group);
            (t, d, output) = (t + truthCount, d + detectionCount, output + group.KeptCount);
        }

        return [.. groups];
    }

    private static int RunLength((long Key, int Index)[] entries, int start, long key)
    {
        var end = start;
        while (end < entries.Length && entries[end].Key == key)
        {
            end++;
        }

        return end - start;
    }
}
