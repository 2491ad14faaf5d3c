namespace QatPipeline.Coco.Data;

/// <summary>What one image, annotation, category or detection of a COCO file holds.</summary>
internal struct CocoFields
{
    public long? Id { get; private set; }
    public long? ImageId { get; private set; }
    public long? CategoryId { get; private set; }
    public string? FileName { get; private set; }
    public string? Name { get; private set; }
    public int Width { get; private set; }
    public int Height { get; private set; }
    public CocoBox? Box { get; private set; }

    /// <summary>The box around the polygons of a segmentation; null for run-length masks.</summary>
    public CocoBox? Outline { get; private set; }

    public double? Area { get; private set; }
    public double? Score { get; private set; }
    public bool IsCrowd { get; private set; }

    /// <summary>
    /// Reads the object that starts here. Fields that its kind does not have are passed over, whatever they hold; null is as good as
    /// absent.
    /// </summary>
    public static CocoFields Read(ref JsonStreamReader json, params ReadOnlySpan<string> fieldsOfItsKind)
    {
        var fields = new CocoFields();
        while (json.ReadProperty() is { } field)
        {
            switch (fieldsOfItsKind.Contains(field) && !json.IsNull ? field : null)
            {
                case "id":
                    fields.Id = json.ReadOwnId(field);
                    break;
                case "image_id":
                    fields.ImageId = json.ReadId(field);
                    break;
                case "category_id":
                    fields.CategoryId = json.ReadId(field);
                    break;
                case "file_name":
                    fields.FileName = json.ReadString(field);
                    break;
                case "name":
                    fields.Name = json.ReadString(field);
                    break;
                case "width":
                    fields.Width = json.ReadSize(field);
                    break;
                case "height":
                    fields.Height = json.ReadSize(field);
                    break;
                case "bbox":
                    fields.Box = json.ReadBox(field);
                    break;
                case "segmentation":
                    fields.Outline = json.ReadOutline(field);
                    break;
                case "area":
                    fields.Area = json.ReadDouble(field);
                    break;
                case "score":
                    fields.Score = json.ReadDouble(field);
                    break;
                case "iscrowd":
                    fields.IsCrowd = json.ReadFlag(field);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return fields;
    }
}
