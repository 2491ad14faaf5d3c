using QatPipeline.Detectors.Outputs;

namespace QatPipeline.Detectors.Recognition;

/// <summary>Recognition without a data set, whose classes are not known.</summary>
public static class DetectorGuess
{
    // COCO's.
    private const int UsualClasses = 80;

    /// <summary>The likeliest description, and the number of classes that goes with it; null where nothing fits.</summary>
    /// <param name="probe">The network's outputs for a picture.</param>
    /// <param name="named">Classes that the model's metadata name; 0 where they are silent.</param>
    /// <param name="takesLevels">Whether the network's own input is of 8-bit levels.</param>
    public static (DetectorDescription Description, int Classes)? Of(DetectorProbe probe, int named, bool takesLevels = false)
    {
        var request = new DetectorRequest { TakesLevels = takesLevels };
        var likely = probe.Outputs.SelectMany(Counts).Prepend(UsualClasses).Where(count => count > 0).Distinct();
        foreach (var classes in named > 0 ? [named] : likely)
        {
            if (DetectorRecognition.Candidates(probe, request, [.. Enumerable.Range(0, classes)]) is [var only])
            {
                return (only, classes);
            }
        }

        return null;
    }

    // Anchors are more than their numbers; three anchors a cell are usual.
    private static IEnumerable<int> Counts(OutputTensor output) => output.Shape switch
    {
        [var first, var last] when last is 4 or 6 or 7 && first >= last => [],
        [var first, var last] when first >= last => [last - 5, last, last - 1],
        [var first, _] => [first - 4],
        [var channels, _, _] => [channels - 5, (channels / 3) - 5, channels],
        [_, _, _, var last] => [last - 5],
        _ => [],
    };
}
