using System.Text.Json;
using QatPipeline.Coco;
using QatPipeline.Coco.Data;

namespace QatPipeline.Stages.Datasets;

/// <summary>Writes the ground truth of a split as COCO JSON: the readable pictures of all its data sets, nothing else.</summary>
internal static class GroundTruth
{
    /// <exception cref="CocoException">Two data sets use one image id for different pictures.</exception>
    public static void Write(string path, IReadOnlyList<CocoDataset> sets, DatasetIndex index, DatasetSplit split)
    {
        var images = index.ImagesOf(split);
        if (images.GroupBy(image => image.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new CocoException($"Image id {twice.Key} is in two {split} data sets: ids must be unique within a split.");
        }

        using var stream = File.Create(path);

        // Ids count from 1: data sets of a split may share theirs, and 0 has a meaning of its own in COCO's evaluation.
        JsonSerializer.Serialize(stream, new
        {
            images = images.Select(image => new { id = image.Id, file_name = image.File, width = image.Width, height = image.Height }),
            annotations = images.SelectMany(image => sets[image.Set].AnnotationsOf(sets[image.Set].ImageIndexOf(image.Id)))
                .Select((annotation, position) => new
                {
                    id = position + 1,
                    image_id = annotation.ImageId,
                    category_id = annotation.CategoryId,
                    bbox = new[] { annotation.Box.X, annotation.Box.Y, annotation.Box.Width, annotation.Box.Height },
                    area = annotation.Area,
                    iscrowd = annotation.IsCrowd ? 1 : 0,
                }),
            categories = index.Categories.Select(category => new { id = category.Id, name = category.Name }),
        });
    }
}
