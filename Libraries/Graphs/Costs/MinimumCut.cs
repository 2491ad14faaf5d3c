namespace QatPipeline.Graphs.Costs;

/// <summary>
/// Divides the vertices of a network into those of the source and those of the sink, so that the capacity of the edges from the first to
/// the second is smallest: maximum flow by shortest augmenting paths (Edmonds and Karp 1972). Deterministic.
/// </summary>
internal sealed class MinimumCut
{
    /// <summary>The capacity of an edge that must not be cut.</summary>
    public const long Uncuttable = long.MaxValue / 4;

    public const int Source = 0;
    public const int Sink = 1;

    private readonly List<int> _targets = [];
    private readonly List<long> _capacities = [];
    private readonly List<List<int>> _edges = [[], []];

    /// <summary>A further vertex.</summary>
    public int AddVertex()
    {
        _edges.Add([]);
        return _edges.Count - 1;
    }

    /// <summary>An edge that costs its capacity when it leads from the source's part to the sink's.</summary>
    public void AddEdge(int from, int to, long capacity)
    {
        Add(from, to, capacity);
        Add(to, from, 0);
    }

    /// <summary>For every vertex whether it belongs to the source; where both are equal, to the sink.</summary>
    public bool[] Solve()
    {
        while (true)
        {
            var arrivals = Search();
            if (arrivals[Sink] < 0)
            {
                return Array.ConvertAll(arrivals, arrival => arrival >= 0);
            }

            Augment(arrivals);
        }
    }

    private void Add(int from, int to, long capacity)
    {
        _edges[from].Add(_targets.Count);
        _targets.Add(to);
        _capacities.Add(capacity);
    }

    /// <summary>Breadth first over edges with capacity left: the edge each vertex was reached by, −1 where it was not.</summary>
    private int[] Search()
    {
        var arrivals = new int[_edges.Count];
        Array.Fill(arrivals, -1);
        arrivals[Source] = int.MaxValue;
        var pending = new Queue<int>([Source]);
        while (arrivals[Sink] < 0 && pending.TryDequeue(out var vertex))
        {
            foreach (var edge in _edges[vertex])
            {
                if (_capacities[edge] > 0 && arrivals[_targets[edge]] < 0)
                {
                    arrivals[_targets[edge]] = edge;
                    pending.Enqueue(_targets[edge]);
                }
            }
        }

        return arrivals;
    }

    // An edge and its reverse are neighbours in the lists.
    private void Augment(int[] arrivals)
    {
        var least = long.MaxValue;
        for (var vertex = Sink; vertex != Source; vertex = _targets[arrivals[vertex] ^ 1])
        {
            least = Math.Min(least, _capacities[arrivals[vertex]]);
        }

        for (var vertex = Sink; vertex != Source; vertex = _targets[arrivals[vertex] ^ 1])
        {
            _capacities[arrivals[vertex]] -= least;
            _capacities[arrivals[vertex] ^ 1] += least;
        }
    }
}
