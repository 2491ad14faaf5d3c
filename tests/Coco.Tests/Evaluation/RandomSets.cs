using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Tests.Evaluation;

internal static class RandomSets
{
    /// <summary>
    /// A few images and classes with what breaks evaluators: equal scores, crowds, empty images, an annotation with id 0, negative and
    /// huge ids out of order, boxes without area, more than 100 detections in an image.
    /// </summary>
    public static (CocoDataset Truth, List<Detection> Detections) Create(int seed)
    {
        var random = new Random(seed);
        CocoImage[] images = [.. new long[] { 900_000_000_000, -5, 0, 17, 3, 4, 5, 6 }.Select(id => new CocoImage(id, "", 300, 300))];
        CocoCategory[] categories = [new(90, "b"), new(0, "z"), new(2, "a")];

        CocoBox Box() => new(random.Next(60) * 3, random.Next(60) * 3, random.Next(5) * 30, (random.Next(4) * 30) + 5);
        long Image() => images[random.Next(images.Length - 2)].Id;
        long Category() => categories[random.Next(3)].Id;

        var annotations = Enumerable.Range(0, 60).Select(id =>
        {
            var box = Box();
            return new CocoAnnotation(id, Image(), Category(), box, box.Area * random.NextDouble(), random.Next(6) == 0);
        }).ToArray();
        var detections = Enumerable.Range(0, 150)
            .Select(_ => new Detection(Image(), Category(), Box(), random.Next(8) / 8.0))
            .Concat(annotations.Where(_ => random.Next(3) > 0).Select(item => new Detection(
                item.ImageId, item.CategoryId, item.Box with { X = item.Box.X + random.Next(4) }, random.Next(8) / 8.0)))
            .Concat(Enumerable.Range(0, 130).Select(_ => new Detection(17, 2, Box(), random.Next(20) / 20.0)))
            .ToList();
        return (new CocoDataset("random", "", images, annotations, categories), detections);
    }
}
