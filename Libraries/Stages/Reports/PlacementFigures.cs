namespace QatPipeline.Stages.Reports;

/// <summary>What was measured to choose the layers that run on integers by time; all times are medians in milliseconds at batch 1.</summary>
/// <param name="FloatMilliseconds">The float engine, in turns with the first candidates.</param>
/// <param name="ChosenMilliseconds">The chosen division.</param>
/// <param name="FloatBesideChosen">The float engine in turns with the chosen division.</param>
/// <param name="IsNotSlower">False where float is faster than the chosen division beyond chance.</param>
/// <param name="BoundMilliseconds">
/// The least that the kernels can take by the machine's profile, each as is faster for it, no conversion counted; an estimate.
/// </param>
/// <param name="Timed">Every division that was timed, in order.</param>
public sealed record PlacementFigures(
    double FloatMilliseconds, double ChosenMilliseconds, double FloatBesideChosen, bool IsNotSlower, double BoundMilliseconds,
    IReadOnlyList<TimedPlacement> Timed);

/// <summary>A division of the network into float and integers that was timed.</summary>
/// <param name="Name">What it is, in words.</param>
/// <param name="IntegerLayers">Layers on integers.</param>
/// <param name="Milliseconds">Its median time.</param>
/// <param name="IsKept">True where the choice went on from it.</param>
public sealed record TimedPlacement(string Name, int IntegerLayers, double Milliseconds, bool IsKept);
