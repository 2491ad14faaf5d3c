using Google.Protobuf;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Inspection;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Importing;

/// <summary>
/// Random damage to models of every kind that is imported: what every command does with a model ends well or with a
/// <see cref="GraphException"/>, nothing else, and stays small.
/// </summary>
public sealed class ImporterFuzzTests
{
    private const int Rounds = 1_000_000;
    private const long MostBytes = 256L << 20;

    [Fact]
    [Trait("Category", "Slow")]
    public void DamagedModels_AreImportedOrRefused()
    {
        byte[][] seeds = [.. Seeds().Select(graph => OnnxWriter.WriteBytes(graph)), Function().ToByteArray()];
        var random = new Random(2027);
        var (imported, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = ReaderFuzzTests.Damage((byte[])seeds[round % seeds.Length].Clone(), random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var graph = OnnxModels.Read(bytes);
                _ = ModelSummary.Of(graph);
                ModelImporter.Apply(graph);
                var target = TargetRegistry.All[round % TargetRegistry.All.Count];
                _ = target.Lint(graph);
                OnnxWriter.WriteBytes(TargetRegistry.Build(graph, "float").Graph);
                imported++;
            }
            catch (GraphException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }

        // Both happen often, or the test would prove little.
        Assert.True(imported > Rounds / 20 && refused > Rounds / 20, $"{imported} imported, {refused} refused");
    }

    private static IEnumerable<Graph> Seeds()
    {
        var weight = Tensor.From<sbyte>([2, 2, 1, 1], [1, -2, 3, 127]);
        yield return new GraphBuilder(9).Input("x", 1, 2, 3, 3).Constant("s", Tensor.FromFloats([4], 1, 1, 2, 2))
            .Constant("w", RandomTensors.Normal(1, 2, 2, 1, 1))
            .Node("Conv", "x w", "c").Node("Clip", "c", "p", ("min", 0f), ("max", 6f)).Node("Upsample", "p s", "u", ("mode", "nearest"))
            .Node("Slice", "u", "l", ("starts", new long[] { 0 }), ("ends", new long[] { 2 }), ("axes", new long[] { 2 }))
            .Node("Softmax", "l", "y").Output("y").Graph;
        yield return new GraphBuilder(17).Input("x", ElementType.Float16, 1, 2, 3, 3)
            .Constant("w", new Tensor(ElementType.Float16, [2, 2, 1, 1], [0, 60, 0, 60, 0, 188, 0, 60]))
            .Node("Conv", "x w", "c").Node("Cast", "c", "f", ("to", 1L)).Node("ReduceL2", "f", "y", ("axes", new long[] { 1 }))
            .Output("y").Graph;
        yield return new GraphBuilder(13).Input("x", 1, 2, 3, 3)
            .Constant("s", Tensor.Scalar(0.1f)).Constant("z", Tensor.Scalar((byte)7))
            .Constant("w", weight).Constant("ws", Tensor.FromFloats([2], 0.1f, 0.2f)).Constant("wz", Tensor.From<sbyte>([2], [0, 0]))
            .Constant("b", Tensor.From<int>([2], [5, -6]))
            .Node("QuantizeLinear", "x s z", "q").Node("QLinearConv", "q s z w ws wz s z b", "r")
            .Node("MaxPool", "r", "m", ("kernel_shape", new long[] { 2, 2 })).Node("DequantizeLinear", "m s z", "y").Output("y").Graph;
        yield return new GraphBuilder(18).Input("x", 1, 2, 3, 3).Constant("k", Tensor.FromLongs([1], 2))
            .Constant("s", Tensor.Scalar(0.1f)).Constant("z", Tensor.Scalar((sbyte)0)).Constant("w", weight)
            .Node("QuantizeLinear", "x s z", "q").Node("DequantizeLinear", "q s z", "d").Node("DequantizeLinear", "w s z", "wd")
            .Node("Conv", "d wd", "c").Node("Sigmoid", "c", "p").Node("Concat", "c p", "j", ("axis", 1L))
            .Node("QuantizeLinear", "j s z", "jq").Node("DequantizeLinear", "jq s z", "jd").Node("TopK", "jd k", "y i").Output("y").Graph;
    }

    private static ModelProto Function()
    {
        var model = OnnxModels.Addition();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "my", Version = 1 });
        model.Graph.Node.Insert(0, new NodeProto { Name = "call", OpType = "F", Domain = "my", Input = { "x" }, Output = { "s" } });
        model.Graph.Node[1].Input[0] = "s";
        model.Functions.Add(new FunctionProto
        {
            Name = "F",
            Domain = "my",
            Input = { "a" },
            Output = { "b" },
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Node = { new NodeProto { OpType = "Relu", Input = { "a" }, Output = { "b" } } },
        });
        return model;
    }
}
