namespace QatPipeline.Graphs.Costs;

/// <summary>Chooses the operators to run on integers for which the estimated time is least, conversions included.</summary>
public interface IFastestPlacement
{
    /// <summary>The nodes to leave float, in execution order; all others gain from running on integers.</summary>
    /// <param name="floatLayers">Names of layers that stay float whatever they cost.</param>
    IReadOnlyList<string> FloatNodes(IReadOnlySet<string> floatLayers);
}
