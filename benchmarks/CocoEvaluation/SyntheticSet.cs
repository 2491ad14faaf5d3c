using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Benchmarks.CocoEvaluation;

/// <summary>Random ground truth and detections near it: most match, some miss, scores follow quality with noise.</summary>
internal static class SyntheticSet
{
    public static CocoDataset Truth(int images, int objects, int categories, int seed)
    {
        var random = new Random(seed);
        var annotations = Enumerable.Range(1, objects).Select(id =>
        {
            var (w, h) = (4 + (300 * Math.Pow(random.NextDouble(), 3)), 4 + (300 * Math.Pow(random.NextDouble(), 3)));
            var box = new CocoBox(random.NextDouble() * (640 - w), random.NextDouble() * (480 - h), w, h);

            // Few classes make up most objects, as in COCO.
            var category = (int)(categories * Math.Pow(random.NextDouble(), 3));
            return new CocoAnnotation(id, random.Next(images) + 1, category + 1, box, w * h * 0.7, random.Next(80) == 0);
        });
        return new CocoDataset(
            "synthetic",
            "",
            [.. Enumerable.Range(1, images).Select(id => new CocoImage(id, $"{id}.jpg", 640, 480))],
            [.. annotations],
            Enumerable.Range(1, categories).Select(id => new CocoCategory(id, $"class {id}")));
    }

    public static IReadOnlyList<Detection> Detections(CocoDataset truth, int seed)
    {
        var random = new Random(seed);
        return [.. truth.Annotations.Select(annotation =>
        {
            var shift = random.NextDouble() * 0.4;
            var box = annotation.Box with
            {
                X = annotation.Box.X + (shift * annotation.Box.Width),
                Width = annotation.Box.Width * (1 - shift),
            };
            var category = random.Next(10) == 0 ? random.Next(truth.Categories.Count) + 1 : annotation.CategoryId;
            return new Detection(annotation.ImageId, category, box, Math.Round(1 - shift - (0.4 * random.NextDouble()), 3));
        })];
    }
}
