namespace QatPipeline.Graphs.Passes;

/// <summary>What one application of a pass did.</summary>
public sealed record PassRecord(string Pass, int NodesBefore, int NodesAfter);

/// <summary>Runs passes in order, again and again until none changes anything.</summary>
public sealed class PassPipeline(params IReadOnlyList<IGraphPass> passes)
{
    // Every pass removes what it matches, so a fixed point is near; the bound turns a pass that undoes another into an error.
    private const int MostRounds = 100;

    /// <summary>Applies the passes to a fixed point and sorts the nodes.</summary>
    /// <returns>The applications that changed something, in order.</returns>
    /// <exception cref="GraphException">The graph is not well-formed, or the passes never settle.</exception>
    public IReadOnlyList<PassRecord> Run(Graph graph)
    {
        var records = new List<PassRecord>();
        GraphOrder.Sort(graph);
        for (var round = 0; round < MostRounds; round++)
        {
            var before = records.Count;
            foreach (var pass in passes)
            {
                var nodes = graph.Nodes.Count;
                if (pass.Apply(graph))
                {
                    GraphOrder.Sort(graph);
                    records.Add(new PassRecord(pass.GetType().Name, nodes, graph.Nodes.Count));
                }
            }

            if (records.Count == before)
            {
                return records;
            }
        }

        throw new GraphException($"Graph '{graph.Name}': the passes did not settle after {MostRounds} rounds.");
    }
}
