using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines;

/// <summary>Times networks as engines on this machine.</summary>
public interface IGraphTimer
{
    /// <summary>Times networks that are to be compared: in every round each has its turn.</summary>
    /// <param name="graphs">
    /// In the form that is to be timed; what is open of their inputs' shapes is set to batch 1 and nominal size.
    /// </param>
    /// <param name="cancellationToken">Ends the measurement between two turns.</param>
    /// <returns>
    /// For each network the milliseconds of one run in each round; values of one round were taken one right after the other.
    /// </returns>
    /// <exception cref="EngineException">The runtime refuses a network.</exception>
    Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken);
}
