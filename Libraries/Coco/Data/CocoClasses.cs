namespace QatPipeline.Coco.Data;

/// <summary>The 80 object classes of COCO in their usual order, under their ids of 1…90 (reference 8.5).</summary>
public static class CocoClasses
{
    /// <summary>Category ids and names by class index.</summary>
    public static IReadOnlyList<CocoCategory> All { get; } = [.. Ids().Zip(Names, (id, name) => new CocoCategory(id, name))];

    private static string[] Names =>
    [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light", "fire hydrant",
        "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe",
        "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat",
        "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl",
        "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
        "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave",
        "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
    ];

    private static IEnumerable<long> Ids()
    {
        long[] unused = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];
        for (var id = 1L; id <= 90; id++)
        {
            if (!unused.Contains(id))
            {
                yield return id;
            }
        }
    }
}
