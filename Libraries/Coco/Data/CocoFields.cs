using System.Text.Json;

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
                    fields.Box = ReadBox(ref json, field);
                    break;
                case "segmentation":
                    fields.Outline = ReadOutline(ref json, field);
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

    /// <summary>A box [x, y, w, h]; null where the list is empty.</summary>
    private static CocoBox? ReadBox(ref JsonStreamReader json, string field)
    {
        Span<double> values = stackalloc double[4];
        json.Expect(JsonTokenType.StartArray, $"field '{field}' to be [x, y, w, h]");
        for (var i = 0; i < values.Length; i++)
        {
            json.Read();
            if (json.TokenType == JsonTokenType.EndArray)
            {
                return i == 0 ? null : throw json.Error($"field '{field}' must have four numbers");
            }

            values[i] = json.ReadDouble(field);
        }

        json.Read();
        json.Expect(JsonTokenType.EndArray, $"four numbers in field '{field}'");
        return new CocoBox(values[0], values[1], values[2], values[3]);
    }

    /// <summary>The box around polygons [[x, y, x, y, …], …]; null where this is something else or empty.</summary>
    private static CocoBox? ReadOutline(ref JsonStreamReader json, string field)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return null;
        }

        var (depth, isX) = (json.Depth, true);
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        while (json.Read() && json.Depth > depth)
        {
            if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
            {
                isX = true;
                continue;
            }

            var value = json.ReadDouble(field);
            _ = isX ? (left, right) = (Math.Min(left, value), Math.Max(right, value))
                : (top, bottom) = (Math.Min(top, value), Math.Max(bottom, value));
            isX = !isX;
        }

        return left <= right && top <= bottom ? new CocoBox(left, top, right - left, bottom - top) : null;
    }
}
