using System.Text.Json;
using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Detections;

/// <summary>COCO's result format: an array of objects with image_id, category_id, bbox [x, y, w, h] and score.</summary>
public static class DetectionFile
{
    /// <summary>Reads a result file, plain or gzip (recognised by its magic bytes), in one pass. Further fields are passed over.</summary>
    /// <exception cref="CocoException">The file is unreadable, malformed, or a detection lacks a field or is not finite.</exception>
    public static IReadOnlyList<Detection> Read(string path) =>
        JsonStreamReader.ReadFile(path, (ref JsonStreamReader json) => json.ReadObjects("detections", ReadOne));

    /// <summary>Writes a result file, every number in its shortest form that reads back to the same double.</summary>
    /// <exception cref="CocoException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<Detection> detections)
    {
        try
        {
            using var stream = File.Create(path);
            using var json = new Utf8JsonWriter(stream);
            json.WriteStartArray();
            foreach (var detection in detections)
            {
                WriteOne(json, detection);
                if (json.BytesPending > 1 << 16)
                {
                    json.Flush();
                }
            }

            json.WriteEndArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    private static Detection ReadOne(ref JsonStreamReader json)
    {
        long? imageId = null;
        long? categoryId = null;
        double? score = null;
        CocoBox? box = null;
        while (json.ReadProperty() is { } field)
        {
            switch (field)
            {
                case "image_id":
                    imageId = json.ReadInt64(field);
                    break;
                case "category_id":
                    categoryId = json.ReadInt64(field);
                    break;
                case "bbox":
                    box = json.ReadBox(field);
                    break;
                case "score":
                    score = json.ReadDouble(field);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new Detection(
            imageId ?? throw json.Missing("image_id"),
            categoryId ?? throw json.Missing("category_id"),
            box ?? throw json.Missing("bbox"),
            score ?? throw json.Missing("score"));
    }

    private static void WriteOne(Utf8JsonWriter json, Detection detection)
    {
        json.WriteStartObject();
        json.WriteNumber("image_id"u8, detection.ImageId);
        json.WriteNumber("category_id"u8, detection.CategoryId);
        json.WriteStartArray("bbox"u8);
        json.WriteNumberValue(detection.Box.X);
        json.WriteNumberValue(detection.Box.Y);
        json.WriteNumberValue(detection.Box.Width);
        json.WriteNumberValue(detection.Box.Height);
        json.WriteEndArray();
        json.WriteNumber("score"u8, detection.Score);
        json.WriteEndObject();
    }
}
