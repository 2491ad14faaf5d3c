using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>Gives every member of a scale group one range (reference 7.2: the maximum of their amax).</summary>
public static class ScaleUnification
{
    /// <summary>
    /// Sets the ranges of each group's enabled, calibrated members to the union of theirs. Run it after calibration and after every
    /// change of ranges or of what is enabled.
    /// </summary>
    public static void UnifyRanges(Graph graph)
    {
        var groups = graph.Quantizers
            .Where(quantizer => quantizer is { Group: not null, IsEnabled: true, IsCalibrated: true })
            .GroupBy(quantizer => quantizer.Group, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var union = new QuantizationRange(group.Min(member => member.Ranges[0].Low), group.Max(member => member.Ranges[0].High));
            foreach (var member in group)
            {
                member.Ranges = [union];
            }
        }
    }

    /// <summary>
    /// Dissolves the groups: every quantizer has a range of its own, as the reference calibrates and trains; it unifies them at export.
    /// </summary>
    public static void Dissolve(Graph graph)
    {
        foreach (var quantizer in graph.Quantizers)
        {
            quantizer.Group = null;
        }
    }

    /// <summary>Finds the groups of a graph without them, and unifies their ranges.</summary>
    public static void Restore(Graph graph)
    {
        ScaleGroups.Assign(graph);
        UnifyRanges(graph);
    }
}
