using System.Text.Json;
using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Detections;

/// <summary>COCO's result format: an array of objects with image_id, category_id, bbox [x, y, w, h] and score.</summary>
public static class DetectionFile
{
    /// <summary>Reads a result file, plain or gzip (recognised by its magic bytes), in one pass. Further fields are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="truth">The ground truth, where its ids may be texts.</param>
    /// <exception cref="CocoException">The file is unreadable, malformed, or a detection lacks a field or is not finite.</exception>
    public static IReadOnlyList<Detection> Read(string path, CocoDataset? truth = null) =>
        JsonStreamReader.ReadFile(path, (ref JsonStreamReader json) =>
        {
            json.IdOfText = truth is null ? null : text => truth.TextIds.TryGetValue(text, out var id) ? id : null;
            return json.ReadObjects("detections", ReadOne);
        });

    /// <summary>Writes a result file, every number in its shortest form that reads back to the same double.</summary>
    /// <param name="path">The file.</param>
    /// <param name="detections">What was found.</param>
    /// <param name="truth">The ground truth, where its ids may be texts: then they are written as it has them.</param>
    /// <exception cref="CocoException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<Detection> detections, CocoDataset? truth = null)
    {
        var texts = truth?.TextIds.ToDictionary(entry => entry.Value, entry => entry.Key) ?? [];
        object Written(long id) => texts.TryGetValue(id, out var text) ? text : id;
        try
        {
            using var stream = File.Create(path);
            JsonSerializer.Serialize(stream, detections.Select(detection => new
            {
                image_id = Written(detection.ImageId),
                category_id = Written(detection.CategoryId),
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
