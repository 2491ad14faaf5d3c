using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class CanonicalModelTests
{
    [Fact]
    public void OrderAndNumberedNames_DoNotMatter()
    {
        var one = Graph(("Reorder", "a", "Reorder"), ("Reorder", "b", "Reorder_token_17"));
        var other = Graph(("Reorder", "b", "Reorder"), ("Reorder", "a", "Reorder_token_3"));

        Assert.NotEqual(OnnxWriter.WriteBytes(one), OnnxWriter.WriteBytes(other));
        Assert.Equal(CanonicalModel.Of(OnnxWriter.WriteBytes(one)), CanonicalModel.Of(OnnxWriter.WriteBytes(other)));
    }

    [Fact]
    public void Nodes_StayInATopologicalOrder_WithTheirOwnNames()
    {
        var graph = Graph(("Relu", "b", "second"), ("Relu", "a", "first"));

        var nodes = Read(CanonicalModel.Of(OnnxWriter.WriteBytes(graph))).Nodes;

        Assert.Equal(["first", "second", "sum"], nodes.Select(node => node.Name));
        Assert.Equal(["a"], nodes[0].Outputs);
    }

    [Fact]
    public void CanonicalForm_IsItsOwnCanonicalForm()
    {
        var once = CanonicalModel.Of(OnnxWriter.WriteBytes(Graph(("Reorder", "a", "Reorder_token_1"), ("Relu", "b", "relu"))));

        Assert.Equal(once, CanonicalModel.Of(once));
        Assert.Equal("Reorder:a", Read(once).Nodes[0].Name);
    }

    [Fact]
    public void Garbage_IsRefused() => Assert.Throws<InvalidDataException>(() => CanonicalModel.Of(new byte[] { 0x3A, 0x7F, 0x01 }));

    /// <summary>sum = op₁(x) + op₂(x), with its two operators as given: kind, output, name.</summary>
    private static Graph Graph(params (string Kind, string Output, string Name)[] nodes)
    {
        var graph = new Graph("g", 13);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, [1]));
        graph.Nodes.AddRange(nodes.Select(node => new Node(node.Name, node.Kind, ["x"], [node.Output])));
        graph.Nodes.Add(new Node("sum", "Add", ["a", "b"], ["y"]));
        return graph;
    }

    private static Graph Read(byte[] model) => OnnxReader.Read(new MemoryStream(model), "canonical");
}
