using System.Text.Json;

namespace QatPipeline.Coco.Data;

/// <summary>
/// COCO's instances JSON, read in one pass over the stream: only what is kept occupies memory, so the 450 MB of train2017 need no
/// more than their boxes. What the evaluator needs is required (an annotation's id, image_id, category_id, bbox, area);
/// file_name, width and height may be absent, and iscrowd is then 0.
/// </summary>
internal static class CocoJsonReader
{
    public static CocoDataset Read(string annotationFile, string imageFolder) =>
        JsonStreamReader.ReadFile(annotationFile, (ref JsonStreamReader json) => ReadDocument(ref json, annotationFile, imageFolder));

    private static CocoDataset ReadDocument(ref JsonStreamReader json, string annotationFile, string imageFolder)
    {
        json.Expect(JsonTokenType.StartObject, "an object with 'images', 'annotations' and 'categories'");
        List<CocoImage>? images = null;
        List<CocoAnnotation>? annotations = null;
        List<CocoCategory>? categories = null;
        while (json.ReadProperty() is { } section)
        {
            switch (section)
            {
                case "images":
                    images = json.ReadObjects(section, ReadImage);
                    break;
                case "annotations":
                    annotations = json.ReadObjects(section, ReadAnnotation);
                    break;
                case "categories":
                    categories = json.ReadObjects(section, ReadCategory);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new CocoDataset(
            annotationFile,
            imageFolder,
            images ?? throw json.Missing("images"),
            annotations ?? throw json.Missing("annotations"),
            categories ?? throw json.Missing("categories"));
    }

    private static CocoImage ReadImage(ref JsonStreamReader json)
    {
        var image = CocoFields.Read(ref json, "id", "file_name", "width", "height");
        return new CocoImage(image.Id ?? throw json.Missing("id"), image.FileName ?? "", image.Width, image.Height);
    }

    private static CocoCategory ReadCategory(ref JsonStreamReader json)
    {
        var category = CocoFields.Read(ref json, "id", "name");
        return new CocoCategory(category.Id ?? throw json.Missing("id"), category.Name ?? throw json.Missing("name"));
    }

    private static CocoAnnotation ReadAnnotation(ref JsonStreamReader json)
    {
        var annotation = CocoFields.Read(ref json, "id", "image_id", "category_id", "bbox", "area", "iscrowd");
        return new CocoAnnotation(
            annotation.Id ?? throw json.Missing("id"),
            annotation.ImageId ?? throw json.Missing("image_id"),
            annotation.CategoryId ?? throw json.Missing("category_id"),
            annotation.Box ?? throw json.Missing("bbox"),
            annotation.Area ?? throw json.Missing("area"),
            annotation.IsCrowd);
    }
}
