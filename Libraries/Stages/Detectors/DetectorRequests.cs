using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Stages.Detectors;

/// <summary>What a specification says of its detector.</summary>
public static class DetectorRequests
{
    private const double Unit = 1 / 255.0;

    /// <summary>The request; one that leaves all open for null.</summary>
    public static DetectorRequest Of(DetectorSpecification? detector) => detector is null ? new() : new DetectorRequest
    {
        Layout = detector.Layout,
        Outputs = detector.Outputs,
        Boxes = Named<BoxForm>(detector.Boxes),
        IsNormalized = detector.Units is { } units ? units == "parts" : null,
        Scores = Named<ScoreForm>(detector.Scores),
        Background = Named<BackgroundClass>(detector.Background),
        Anchors = detector.Anchors,
        Input = detector.Input is { } input ? InputOf(input) : null,
    };

    private static InputDescription InputOf(DetectorInputSpecification input) => new()
    {
        Channels = Named<ChannelOrder>(input.Channels) ?? ChannelOrder.Rgb,
        Scale = input.Scale > 0 ? input.Scale : Unit,
        Mean = input.Mean,
        Deviation = input.Std,
        Placement = Named<Placement>(input.Placement) ?? Placement.Centre,
    };

    private static T? Named<T>(string? name)
        where T : struct, Enum => name is null ? null : Enum.Parse<T>(name, ignoreCase: true);
}
