using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Importing;

/// <summary>Functions of the model's own, as PyTorch's exporter writes them, become their bodies.</summary>
public sealed class FunctionInliningTests
{
    [Fact]
    public void Call_BecomesItsBodyAndComputesTheSame()
    {
        var model = Calling(Scaled("Scaled", "Mul"));
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.FromFloats([2], 3, -4) };
        var expected = OrtRunner.Run(Google.Protobuf.MessageExtensions.ToByteArray(model), inputs);

        var graph = OnnxModels.Read(model);

        Assert.Equal(["Constant", "Mul", "Add"], graph.Operators());
        Assert.Equal(["call/Constant", "call/Mul", "add"], graph.Nodes.Select(node => node.Name));
        Assert.Equal("Calls of the model's own functions became their bodies: Scaled.", Assert.Single(graph.Remarks));
        Assertions.Close(expected, OrtRunner.Run(graph, inputs), tolerance: 0);
    }

    [Fact]
    public void FunctionThatCallsAnother_IsInlinedThroughBoth()
    {
        var model = Calling(new FunctionProto
        {
            Name = "Scaled",
            Domain = "my",
            Input = { "a" },
            Output = { "b" },
            Attribute = { "factor" },
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = "my", Version = 1 } },
            Node =
            {
                new NodeProto { OpType = "Inner", Domain = "my", Input = { "a" }, Output = { "b" }, Attribute = { Reference("factor") } },
            },
        });
        model.Functions.Add(Scaled("Inner", "Mul"));

        var graph = OnnxModels.Read(model);

        Assert.Equal(["Constant", "Mul", "Add"], graph.Operators());
        Assert.Equal(
            2f,
            Assert.IsType<FloatAttribute>(graph.Nodes[0].Attributes["value_float"]).Value);
    }

    [Fact]
    public void FunctionThatCallsItself_IsRefused()
    {
        var model = Calling(Scaled("Scaled", "Mul"));
        model.Functions[0].Node.Add(new NodeProto { OpType = "Scaled", Domain = "my", Input = { "b" }, Output = { "c" } });

        Assert.Contains(
            "'Scaled' calls itself", Assert.Throws<GraphException>(() => OnnxModels.Read(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionOfAnotherOperatorSet_IsRefused()
    {
        var model = Calling(Scaled("Scaled", "Mul"));
        model.Functions[0].OpsetImport[0].Version = 18;

        Assert.Contains(
            "'Scaled' is of operator set 18 and the model of 17",
            Assert.Throws<GraphException>(() => OnnxModels.Read(model)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>y = Scaled(x) + w, with a factor of 2.</summary>
    private static ModelProto Calling(FunctionProto function)
    {
        var model = OnnxModels.Addition();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "my", Version = 1 });
        model.Functions.Add(function);
        model.Graph.Node[0].Input[0] = "s";
        model.Graph.Node.Insert(0, new NodeProto
        {
            Name = "call",
            OpType = "Scaled",
            Domain = "my",
            Input = { "x" },
            Output = { "s" },
            Attribute = { new AttributeProto { Name = "factor", Type = AttributeProto.Types.AttributeType.Float, F = 2 } },
        });
        return model;
    }

    private static FunctionProto Scaled(string name, string operation) => new()
    {
        Name = name,
        Domain = "my",
        Input = { "a" },
        Output = { "b" },
        Attribute = { "factor" },
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Node =
        {
            new NodeProto { OpType = "Constant", Output = { "f" }, Attribute = { Reference("value_float") } },
            new NodeProto { OpType = operation, Input = { "a", "f" }, Output = { "b" } },
        },
    };

    private static AttributeProto Reference(string name) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, RefAttrName = "factor" };
}
