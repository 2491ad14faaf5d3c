using Microsoft.ML.OnnxRuntime;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Profiling;

/// <summary>
/// Whether this processor's 8-bit kernels add pairs of products in 16 bits with saturation: a product whose pairs exceed 16 bits is
/// computed and compared with what it must be.
/// </summary>
internal static class SaturationCheck
{
    private const int Pairs = 32, Columns = 64;

    /// <summary>Bits of weights with which the kernels are exact: 8, or 7 where they saturate.</summary>
    public static int ExactWeightBits()
    {
        var options = OrtSessions.Options(new OrtCpuOptions { Threads = 1 }, GraphOptimizationLevel.ORT_DISABLE_ALL);
        using (options)
        using (var session = new InferenceSession(OnnxWriter.WriteBytes(Product()), options))
        using (var input = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(byte.MaxValue, Pairs * 2).ToArray(), [1, Pairs * 2]))
        using (var run = new RunOptions())
        using (var results = session.Run(run, ["codes"], [input], ["sums"]))
        {
            // 255·127 twice is 64,770: more than 16 bits with a sign can hold.
            var isExact = !results[0].GetTensorDataAsSpan<int>().ContainsAnyExcept(Pairs * 2 * byte.MaxValue * sbyte.MaxValue);
            return isExact ? 8 : 7;
        }
    }

    private static Graph Product()
    {
        var graph = new Graph("saturation", 14);
        graph.Inputs.Add(new ValueInfo("codes", ElementType.UInt8, [1, Pairs * 2]));
        graph.Initializers.Add(
            "weight", Tensor.From<sbyte>([Pairs * 2, Columns], [.. Enumerable.Repeat(sbyte.MaxValue, Pairs * 2 * Columns)]));
        graph.Nodes.Add(new Node("product", "MatMulInteger", ["codes", "weight"], ["sums"]));
        graph.Outputs.Add(new ValueInfo("sums", ElementType.Int32, [1, Columns]));
        return graph;
    }
}
