using System.Text.Json;
using System.Text.Json.Serialization;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Outputs;

/// <summary>What a detector takes and what its outputs mean. The default is a YOLOv6: rows with objectness of pictures in RGB.</summary>
public sealed record DetectorDescription
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>How pictures become the network's input.</summary>
    public InputDescription Input { get; init; } = new();

    /// <summary>What the outputs hold.</summary>
    public OutputLayout Layout { get; init; }

    /// <summary>The outputs that are read, in the layout's order; the model's first where empty.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>True where anchors are the last dimension, channels the one before.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>What decoded boxes are.</summary>
    public BoxForm Boxes { get; init; }

    /// <summary>True where decoded boxes are parts of the canvas, 0…1; false for pixels of the canvas.</summary>
    public bool IsNormalized { get; init; }

    /// <summary>What classes and objectness are.</summary>
    public ScoreForm Scores { get; init; }

    /// <summary>The class of no object.</summary>
    public BackgroundClass Background { get; init; }

    /// <summary>True where a class's position is its id in the data set, not its rank among the ids.</summary>
    public bool IsByCategoryId { get; init; }

    /// <summary>True where the outputs hold each object once: nothing is suppressed.</summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// True where the outputs have no dimension for a batch, as suppression inside a model leaves them: a picture goes through at a time.
    /// </summary>
    public bool TakesOne { get; init; }

    /// <summary>Whether the outputs are detections with a class each, not classes of anchors.</summary>
    internal bool HoldsDetections => Layout is OutputLayout.EndToEnd or OutputLayout.BoxesScoresLabels;

    /// <summary>Columns of final detections: the first of the box, the score, the class.</summary>
    public IReadOnlyList<int> Columns { get; init; } = [];

    /// <summary>True where classes stand before the distributions in one output.</summary>
    public bool AreClassesFirst { get; init; }

    /// <summary>Widths and heights of anchor boxes in pixels, in the order of strides; those of YOLOv5 where empty.</summary>
    public IReadOnlyList<double> Anchors { get; init; } = [];

    /// <summary>As a model's metadata hold it; defaults are left out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="DetectorException">It is something else.</exception>
    public static DetectorDescription FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<DetectorDescription>(text, Json) ?? new();
        }
        catch (JsonException exception)
        {
            throw new DetectorException(
                $"The model's metadata have a detector description that cannot be read ({exception.Message}): give model.detector.layout.");
        }
    }
}
