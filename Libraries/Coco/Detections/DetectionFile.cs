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
            JsonSerializer.Serialize(stream, detections.Select(detection => new
            {
                image_id = detection.ImageId,
                category_id = detection.CategoryId,
                bbox = new[] { detection.Box.X, detection.Box.Y, detection.Box.Width, detection.Box.Height },
                score = detection.Score,
            }));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    private static Detection ReadOne(ref JsonStreamReader json)
    {
        var detection = CocoFields.Read(ref json, "image_id", "category_id", "bbox", "score");
        return new Detection(
            detection.ImageId ?? throw json.Missing("image_id"),
            detection.CategoryId ?? throw json.Missing("category_id"),
            detection.Box ?? throw json.Missing("bbox"),
            detection.Score ?? throw json.Missing("score"));
    }
}
