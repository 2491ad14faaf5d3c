using Google.Protobuf;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using DataType = QatPipeline.Graphs.Onnx.TensorProto.Types.DataType;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>What well-formed models may contain.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void TypedFields_GiveTheSameTensorsAsRawData()
    {
        AssertReads([1.5f, -2f], new TensorProto { DataType = (int)DataType.Float16, Int32Data = { 0x3E00, 0xC000 } });
        AssertReads([1.5f, -2f], new TensorProto { DataType = (int)DataType.Bfloat16, Int32Data = { 0x3FC0, 0xC000 } });
        AssertReads([1.5f, -2f], new TensorProto { DataType = (int)DataType.Double, DoubleData = { 1.5, -2 } });
        AssertReads([7f, -2f], new TensorProto { DataType = (int)DataType.Int8, Int32Data = { 7, -2 } });
        AssertReads([7f, 254f], new TensorProto { DataType = (int)DataType.Uint8, Int32Data = { 7, 254 } });
        AssertReads([7f, -2f], new TensorProto { DataType = (int)DataType.Int64, Int64Data = { 7, -2 } });
        AssertReads([1f, 0f], new TensorProto { DataType = (int)DataType.Bool, Int32Data = { 1, 0 } });
        AssertReads(
            [1.5f, -2f],
            new TensorProto { DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0) });
    }

    [Fact]
    public void StringTensor_SurvivesTheRoundTrip()
    {
        var model = OnnxModels.Addition();
        model.Graph.Initializer.Add(
            new TensorProto
            {
                Name = "labels",
                DataType = (int)DataType.String,
                Dims = { 2 },
                StringData = { ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b") },
            });

        var written = ModelProto.Parser.ParseFrom(OnnxWriter.WriteBytes(OnnxModels.Read(model)));

        Assert.Equal(["a", "b"], written.Graph.Initializer[1].StringData.Select(text => text.ToStringUtf8()));
    }

    [Fact]
    public void EmptyNodeNames_BecomeUniqueAndStable()
    {
        var model = OnnxModels.Addition();
        model.Graph.Node[0].Name = "";
        model.Graph.Node.Add(new NodeProto { Name = "Add_0", OpType = "Relu", Input = { "y" }, Output = { "z" } });
        var bytes = model.ToByteArray();

        var graph = OnnxModels.Read(bytes);

        Assert.Equal(["Add_0_1", "Add_0"], graph.Nodes.Select(node => node.Name));
        Assert.Equal(graph.Nodes.Select(node => node.Name), OnnxModels.Read(bytes).Nodes.Select(node => node.Name));
    }

    [Fact]
    public void DuplicateNodeName_IsRenamedAndSaid()
    {
        var model = OnnxModels.Addition();
        model.Graph.Node.Add(new NodeProto { Name = "add", OpType = "Relu", Input = { "x" }, Output = { "z" } });

        var graph = OnnxModels.Read(model);

        Assert.Equal(["add", "add_1"], graph.Nodes.Select(node => node.Name));
        Assert.Equal(
            "1 node has no name, or one that another node has too, and got one: add_1.", Assert.Single(graph.Remarks));
    }

    [Fact]
    public void InitializerListedAsInput_IsAConstant()
    {
        var model = OnnxModels.Addition();
        model.Graph.Input.Add(OnnxModels.Value("w"));

        Assert.Equal(["x"], OnnxModels.Read(model).Inputs.Select(input => input.Name));
    }

    [Fact]
    public void NodesOutOfOrder_AreSorted()
    {
        var model = OnnxModels.Addition();
        model.Graph.Node[0].Output[0] = "a";
        model.Graph.Node.Insert(0, new NodeProto { Name = "relu", OpType = "Relu", Input = { "a" }, Output = { "y" } });

        Assert.Equal(["add", "relu"], OnnxModels.Read(model).Nodes.Select(node => node.Name));
    }

    [Fact]
    public void StandardDomainSpeltOut_IsTheStandardDomain()
    {
        var model = OnnxModels.Addition();
        model.OpsetImport[0].Domain = "ai.onnx";
        model.Graph.Node[0].Domain = "ai.onnx";

        Assert.True(OnnxModels.Read(model).Nodes[0].Is("Add"));
    }

    [Fact]
    public void WhatTheGraphDoesNotInterpret_IsWrittenBack()
    {
        var model = OnnxModels.Addition();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 3 });
        model.ProducerName = "exporter";
        var blob = new AttributeProto
        {
            Name = "blob",
            Type = AttributeProto.Types.AttributeType.String,
            S = ByteString.CopyFrom(0xFF, 0xFE, 0x00),
        };
        var custom = new NodeProto
        {
            Name = "custom",
            OpType = "Magic",
            Domain = "com.example",
            Input = { "y", "" },
            Output = { "z" },
            Attribute = { blob },
        };
        model.Graph.Node.Add(custom);

        // Field 20 (training information) is unknown to our schema: length-delimited, 2 bytes.
        byte[] bytes = [.. model.ToByteArray(), 0xA2, 0x01, 0x02, 0x0A, 0x00];
        var written = ModelProto.Parser.ParseFrom(OnnxWriter.WriteBytes(OnnxModels.Read(bytes)));

        Assert.Equal(custom, written.Graph.Node[1]);
        Assert.Equal(("exporter", 8), (written.ProducerName, written.IrVersion));
        Assert.Contains(written.OpsetImport, import => import is { Domain: "com.example", Version: 3 });
        Assert.True(written.ToByteArray().AsSpan().IndexOf<byte>([0xA2, 0x01, 0x02, 0x0A, 0x00]) >= 0);
    }

    [Fact]
    public void ValueReadOnlyByASubgraph_IsKeptAndNotRenamed()
    {
        var model = OnnxModels.Addition();
        var branch = new GraphProto
        {
            Name = "branch",
            Node = { new NodeProto { OpType = "Relu", Input = { "kept" }, Output = { "r" } } },
            Output = { OnnxModels.Value("r") },
        };
        model.Graph.Input.Add(OnnxModels.Value("condition"));
        model.Graph.Node.Add(new NodeProto { Name = "id", OpType = "Identity", Input = { "y" }, Output = { "kept" } });
        model.Graph.Node.Add(new NodeProto
        {
            Name = "if",
            OpType = "If",
            Input = { "condition" },
            Output = { "z" },
            Attribute = { Branch("then_branch", branch), Branch("else_branch", branch) },
        });
        model.Graph.Output[0].Name = "z";
        var graph = OnnxModels.Read(model);

        Assert.Equal(["kept", "kept"], graph.Nodes[2].CapturedValues);
        GraphSimplifier.Simplify(graph);

        Assert.Contains(graph.Nodes, node => node.Outputs[0] == "kept");
        Assert.Equal(OnnxWriter.WriteBytes(graph), OnnxWriter.WriteBytes(OnnxModels.Read(OnnxWriter.WriteBytes(graph))));
    }

    private static AttributeProto Branch(string name, GraphProto graph) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };

    private static void AssertReads(float[] expected, TensorProto tensor)
    {
        var model = OnnxModels.Addition();
        tensor.Name = "w";
        tensor.Dims.Add(2);
        model.Graph.Initializer[0] = tensor;

        var read = OnnxModels.Read(model).Initializers["w"];

        Assert.Equal(tensor.DataType, (int)read.Type);
        Assert.Equal(expected, read.ToFloats());
        Assertions.Equal(read, OnnxModels.Read(OnnxWriter.WriteBytes(OnnxModels.Read(model))).Initializers["w"]);
    }
}
