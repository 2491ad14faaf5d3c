using Google.Protobuf;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>Damaged and foreign input ends with one error that names the file and the place, and never with a large allocation.</summary>
public sealed class MalformedModelTests
{
    private const int Float = (int)TensorProto.Types.DataType.Float;

    private static readonly Dictionary<string, (Action<ModelProto> Damage, string Message)> Damages = new(StringComparer.Ordinal)
    {
        ["no graph"] = (model => model.Graph = null, "holds no graph"),
        ["no opset"] = (model => model.OpsetImport.Clear(), "names no version of the standard operator set"),
        ["opset too new"] = (model => model.OpsetImport[0].Version = 99, "Operator set 99 is not supported"),
        ["opset too old"] = (model => model.OpsetImport[0].Version = 6, "Operator set 6 is not supported"),
        ["missing initializer"] =
            (model => model.Graph.Initializer.Clear(), "Node Add 'add' reads 'w', which no node, input or initializer defines"),
        ["undefined output"] = (model => model.Graph.Output[0].Name = "z", "Graph output 'z' is not defined"),
        ["cycle"] = (model => model.Graph.Node[0].Input[0] = "y", "cycle through Add 'add'"),
        ["duplicate value"] = (
            model => model.Graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "y" } }),
            "Value 'y', an output of node Relu 'Relu_1', is defined twice"),
        ["duplicate initializer"] =
            (model => model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone()), "initializer 'w' is defined twice"),
        ["duplicate input"] = (model => model.Graph.Input.Add(OnnxModels.Value("x")), "Graph input 'x' is defined twice"),
        ["duplicate output"] = (model => model.Graph.Output.Add(OnnxModels.Value("y")), "Graph output 'y' is listed twice"),
        ["duplicate attribute"] = (
            model => model.Graph.Node[0].Attribute.Add([new AttributeProto { Name = "a" }, new AttributeProto { Name = "a" }]),
            "two attributes 'a'"),
        ["no operator"] = (model => model.Graph.Node[0].OpType = "", "Node 0 ('add') has no operator"),
        ["too few inputs"] = (model => model.Graph.Node[0].Input.RemoveAt(1), "Node Add 'add' has no input 1, which Add needs"),
        ["too few elements"] =
            (model => model.Graph.Initializer[0].Dims[0] = 3, "initializer 'w': holds 8 bytes, but [3] of Float needs 12"),
        ["huge dimensions"] =
            (model => model.Graph.Initializer[0].Dims.Add([1L << 40, 1L << 40]), "initializer 'w': impossible dimensions"),
        ["negative dimension"] = (model => model.Graph.Initializer[0].Dims[0] = -2, "initializer 'w': impossible dimensions [-2]"),
        ["large dimensions, no data"] = (model => model.Graph.Initializer[0].Dims[0] = 500_000_000, "initializer 'w': holds 8 bytes"),
        ["unknown element type"] = (model => model.Graph.Initializer[0].DataType = 77, "initializer 'w': element type 77 is not supported"),
        ["no element type"] = (model => model.Graph.Initializer[0].DataType = 0, "initializer 'w': has no element type"),
        ["external data of a stream"] =
            (model => SetExternal(model, "w.bin"), "initializer 'w': lies in an external file, but the model was not read from a file"),
        ["attribute without tensor"] = (
            model =>
                model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor }),
            "node Add 'add', attribute 'value' holds no tensor"),
        ["damaged quantizers"] = (model => AddQuantizers(model, "[{\"name\":3}]"), "Metadata 'qat.quantizers' is malformed"),
        ["quantizer nowhere"] = (
            model => AddQuantizers(model, """[{"name":"q","scheme":"SignedNarrow","weight":true,"axis":null,"group":null,"enabled":true,"uses":[{"node":"conv","input":1}],"ranges":[]}]"""),
            "Quantizer 'q' is on input 1 of node 'conv', which does not exist"),
    };

    public static TheoryData<string> Cases() => [.. Damages.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Model_EndsWithOneClearError(string damage)
    {
        var model = OnnxModels.Addition();
        Damages[damage].Damage(model);

        var exception = Assert.Throws<GraphException>(() => OnnxModels.Read(model));

        Assert.StartsWith("model.onnx: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Damages[damage].Message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void EveryTruncation_IsAnErrorOrAWholeModel()
    {
        var bytes = OnnxModels.Addition().ToByteArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var truncated = bytes[..length];
            Assert.Contains(
                "model.onnx", Assert.Throws<GraphException>(() => OnnxModels.Read(truncated)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void GigabyteLengthPrefix_AllocatesNothing()
    {
        // Field 7 (graph), then a length of 2^30.
        byte[] bytes = [0x3A, 0x80, 0x80, 0x80, 0x80, 0x04, 0x00];
        var before = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.Throws<GraphException>(() => OnnxModels.Read(bytes));

        Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("../secret.bin", "outside the model's folder")]
    [InlineData("/etc/hostname", "outside the model's folder")]
    [InlineData("missing.bin", "does not exist")]
    [InlineData("short.bin", "ends before byte 0 + 8")]
    public void ExternalData_NamesFileAndTensor(string location, string message)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.PathOf("short.bin"), [1, 2, 3]);
        var model = OnnxModels.Addition();
        SetExternal(model, location);
        var path = folder.PathOf("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var exception = Assert.Throws<GraphException>(() => OnnxReader.Read(path));

        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("initializer 'w'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_SaysSo() =>
        Assert.Equal(
            "nowhere/model.onnx: No such file.", Assert.Throws<GraphException>(() => OnnxReader.Read("nowhere/model.onnx")).Message);

    private static void SetExternal(ModelProto model, string location)
    {
        model.Graph.Initializer[0] = new TensorProto
        {
            Name = "w",
            DataType = Float,
            Dims = { 2 },
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
    }

    private static void AddQuantizers(ModelProto model, string json) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = "qat.quantizers", Value = json });
}
