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
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartArray("images");
        foreach (var image in images)
        {
            json.WriteStartObject();
            json.WriteNumber("id", image.Id);
            json.WriteString("file_name", image.File);
            json.WriteNumber("width", image.Width);
            json.WriteNumber("height", image.Height);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        var id = 0L;
        foreach (var image in images)
        {
            foreach (var annotation in sets[image.Set].AnnotationsOf(sets[image.Set].ImageIndexOf(image.Id)))
            {
                WriteAnnotation(json, ++id, annotation);
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("categories");
        foreach (var category in index.Categories)
        {
            json.WriteStartObject();
            json.WriteNumber("id", category.Id);
            json.WriteString("name", category.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Ids count from 1: data sets of a split may share theirs, and 0 has a meaning of its own in COCO's evaluation.
    private static void WriteAnnotation(Utf8JsonWriter json, long id, CocoAnnotation annotation)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", annotation.ImageId);
        json.WriteNumber("category_id", annotation.CategoryId);
        json.WriteStartArray("bbox");
        json.WriteNumberValue(annotation.Box.X);
        json.WriteNumberValue(annotation.Box.Y);
        json.WriteNumberValue(annotation.Box.Width);
        json.WriteNumberValue(annotation.Box.Height);
        json.WriteEndArray();
        json.WriteNumber("area", annotation.Area);
        json.WriteNumber("iscrowd", annotation.IsCrowd ? 1 : 0);
        json.WriteEndObject();
    }
}
