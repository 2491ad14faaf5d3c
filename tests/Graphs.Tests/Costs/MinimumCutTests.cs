using QatPipeline.Graphs.Costs;

namespace QatPipeline.Graphs.Tests.Costs;

public sealed class MinimumCutTests
{
    [Fact]
    public void Solve_CutsTheCheapestEdges()
    {
        // source → a (3), a → b (1), b → sink (3), source → b (1): cutting a → b and source → b costs 2.
        var cut = new MinimumCut();
        var (a, b) = (cut.AddVertex(), cut.AddVertex());
        cut.AddEdge(MinimumCut.Source, a, 3);
        cut.AddEdge(a, b, 1);
        cut.AddEdge(b, MinimumCut.Sink, 3);
        cut.AddEdge(MinimumCut.Source, b, 1);

        var isSource = cut.Solve();

        Assert.True(isSource[MinimumCut.Source]);
        Assert.False(isSource[MinimumCut.Sink]);
        Assert.True(isSource[a]);
        Assert.False(isSource[b]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Solve_RandomNetworks_CostsNoMoreThanAnyOtherDivision(int seed)
    {
        const int Vertices = 7;
        var random = new Random(seed);
        var edges = Enumerable
            .Range(0, 30)
            .Select(_ => (From: random.Next(Vertices + 2), To: random.Next(Vertices + 2), Capacity: (long)random.Next(1, 20)))
            .ToArray();
        var cut = new MinimumCut();
        for (var vertex = 0; vertex < Vertices; vertex++)
        {
            cut.AddVertex();
        }

        Array.ForEach(edges, edge => cut.AddEdge(edge.From, edge.To, edge.Capacity));

        var isSource = cut.Solve();

        var least = Enumerable
            .Range(0, 1 << Vertices)
            .Min(mask => CostOf(vertex => vertex == MinimumCut.Source || (vertex > MinimumCut.Sink && ((mask >> (vertex - 2)) & 1) == 1)));
        Assert.Equal(least, CostOf(vertex => isSource[vertex]));

        long CostOf(Func<int, bool> isOnSourceSide) =>
            edges.Where(edge => isOnSourceSide(edge.From) && !isOnSourceSide(edge.To)).Sum(edge => edge.Capacity);
    }
}
