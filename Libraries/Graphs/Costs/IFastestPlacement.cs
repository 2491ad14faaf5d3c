namespace QatPipeline.Graphs.Costs;

/// <summary>Chooses the operators to run on integers for which the estimated time is least, conversions included.</summary>
public interface IFastestPlacement
{
    /// <summary>
    /// The least that the network's kernels can take, each on integers or in float as is faster for it and no conversion counted, in
    /// milliseconds: no placement is faster by the same profile.
    /// </summary>
    double BoundMilliseconds { get; }

    /// <summary>The nodes to leave float, in execution order; all others gain from running on integers.</summary>
    /// <param name="floatLayers">Names of layers that stay float whatever they cost.</param>
    /// <param name="margin">
    /// How many times their estimated cost conversions count, at least 0. Estimates err: integers must win by more than conversions cost,
    /// so that few and large regions are chosen. Other margins give other candidates to be timed.
    /// </param>
    IReadOnlyList<string> FloatNodes(IReadOnlySet<string> floatLayers, double margin = 1.5);
}
