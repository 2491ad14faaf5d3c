using Google.Protobuf;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Tests.Support;

/// <summary>Model messages written field by field, to hold what our own writer would never write.</summary>
internal static class OnnxModels
{
    /// <summary>y = x + w with w = [1, 2] as a typed initializer.</summary>
    public static ModelProto Addition()
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "addition" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        model.Graph.Input.Add(Value("x"));
        model.Graph.Output.Add(Value("y"));
        model.Graph.Initializer.Add(
            new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 2 }, FloatData = { 1, 2 } });
        model.Graph.Node.Add(new NodeProto { Name = "add", OpType = "Add", Input = { "x", "w" }, Output = { "y" } });
        return model;
    }

    public static ValueInfoProto Value(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)TensorProto.Types.DataType.Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 2 } } },
            },
        },
    };

    public static Graph Read(ModelProto model) => Read(model.ToByteArray());

    public static Graph Read(byte[] bytes) => OnnxReader.Read(new MemoryStream(bytes), "model.onnx");
}
