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
        long? id = null;
        var (fileName, width, height) = ("", 0, 0);
        while (json.ReadProperty() is { } field)
        {
            switch (field)
            {
                case "id":
                    id = json.ReadId(field);
                    break;
                case "file_name":
                    fileName = json.ReadString(field);
                    break;
                case "width":
                    width = json.ReadSize(field);
                    break;
                case "height":
                    height = json.ReadSize(field);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new CocoImage(id ?? throw json.Missing("id"), fileName, width, height);
    }

    private static CocoCategory ReadCategory(ref JsonStreamReader json)
    {
        long? id = null;
        string? name = null;
        while (json.ReadProperty() is { } field)
        {
            switch (field)
            {
                case "id":
                    id = json.ReadId(field);
                    break;
                case "name":
                    name = json.ReadString(field);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new CocoCategory(id ?? throw json.Missing("id"), name ?? throw json.Missing("name"));
    }

    private static CocoAnnotation ReadAnnotation(ref JsonStreamReader json)
    {
        long? id = null;
        long? imageId = null;
        long? categoryId = null;
        double? area = null;
        CocoBox? box = null;
        var isCrowd = false;
        while (json.ReadProperty() is { } field)
        {
            switch (field)
            {
                case "id":
                    id = json.ReadId(field);
                    break;
                case "image_id":
                    imageId = json.ReadInt64(field);
                    break;
                case "category_id":
                    categoryId = json.ReadInt64(field);
                    break;
                case "bbox":
                    box = json.ReadBox(field);
                    break;
                case "area":
                    area = json.ReadDouble(field);
                    break;
                case "iscrowd":
                    isCrowd = json.ReadFlag(field);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new CocoAnnotation(
            id ?? throw json.Missing("id"),
            imageId ?? throw json.Missing("image_id"),
            categoryId ?? throw json.Missing("category_id"),
            box ?? throw json.Missing("bbox"),
            area ?? throw json.Missing("area"),
            isCrowd);
    }
}
