using Google.Protobuf;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>
/// Random damage to real bytes: the reader gives a graph or a <see cref="GraphException"/>, nothing else, and stays small.
/// </summary>
public sealed class ReaderFuzzTests
{
    private const int Rounds = 60_000;

    [Fact]
    [Trait("Category", "Slow")]
    public void DamagedModels_GiveAGraphOrAGraphException()
    {
        byte[][] seeds = [OnnxModels.Addition().ToByteArray(), OnnxWriter.WriteBytes(Rich())];
        var random = new Random(2026);
        var (read, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Damage((byte[])seeds[round % seeds.Length].Clone(), random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var graph = OnnxModels.Read(bytes);
                OnnxModels.Read(OnnxWriter.WriteBytes(graph));
                GraphSimplifier.Simplify(graph);
                read++;
            }
            catch (GraphException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
        }

        // Both happen often, or the test would prove little.
        Assert.True(read > Rounds / 20 && refused > Rounds / 20, $"{read} read, {refused} refused");
    }

    private static Graph Rich()
    {
        var graph = new GraphBuilder().Input("x", ElementType.Float, Dimension.Named("batch"), 4, 6, 6)
            .Constant("w", RandomTensors.Normal(1, 5, 4, 3, 3))
            .Constant("axes", Tensor.FromLongs([1], -1))
            .Constant("zero", Tensor.FromLongs([1], 0))
            .Node("Conv", "x w", "a", ("pads", new long[] { 1, 1, 1, 1 }), ("auto_pad", "NOTSET"))
            .Node("Shape", "a", "s").Node("Gather", "s zero", "n").Node("Concat", "n axes", "t", ("axis", 0L)).Node("Reshape", "a t", "r")
            .Node("Constant", "-", "c", ("value", Tensor.Scalar(2f))).Node("Mul", "r c", "m").Node("Slice", "m zero axes axes", "y")
            .Output("y").Graph;
        graph.Metadata["author"] = "test";
        var quantizer = new Quantizer("q", QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = 0,
            Ranges = [.. Enumerable.Repeat(new QuantizationRange(-1, 1), 5)],
        };
        quantizer.Uses.Add(new QuantizerUse("a.Conv", 1));
        graph.Quantizers.Add(quantizer);
        return graph;
    }

    internal static byte[] Damage(byte[] bytes, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var position = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes = [.. bytes[..position], .. bytes[Math.Min(bytes.Length, position + random.Next(1, 9))..], 0];
                    break;
                default:
                    var from = random.Next(bytes.Length);
                    bytes = [.. bytes[..position], .. bytes[from..Math.Min(bytes.Length, from + random.Next(1, 20))], .. bytes[position..]];
                    break;
            }
        }

        return bytes;
    }
}
