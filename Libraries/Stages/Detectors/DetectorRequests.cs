using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Stages.Detectors;

/// <summary>What a specification says of its detector.</summary>
public static class DetectorRequests
{
    private const double Unit = 1 / 255.0;

    /// <summary>The request; one that leaves all open for null.</summary>
    /// <param name="detector">What is specified.</param>
    /// <param name="takesLevels">Whether the network's own input is of 8-bit levels.</param>
    public static DetectorRequest Of(DetectorSpecification? detector, bool takesLevels = false)
    {
        detector ??= new();
        return new()
        {
            TakesLevels = takesLevels,
            Layout = detector.Layout,
            Outputs = detector.Outputs,
            Boxes = Named<BoxForm>(detector.Boxes),
            IsNormalized = detector.Units is { } units ? units == "parts" : null,
            Scores = Named<ScoreForm>(detector.Scores),
            Background = Named<BackgroundClass>(detector.Background),
            Anchors = detector.Anchors,
            Input = detector.Input is { } input ? InputOf(input, takesLevels) : null,
        };
    }

    private static InputDescription InputOf(DetectorInputSpecification input, bool takesLevels) => new()
    {
        Channels = Named<ChannelOrder>(input.Channels) ?? ChannelOrder.Rgb,
        Scale = input.Scale > 0 ? input.Scale : takesLevels ? 1 : Unit,
        Mean = input.Mean,
        Deviation = input.Std,
        Placement = Named<Placement>(input.Placement) ?? Placement.Centre,
    };

    private static T? Named<T>(string? name)
        where T : struct, Enum => name is null ? null : Enum.Parse<T>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
}
