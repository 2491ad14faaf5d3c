using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>The ONNX standard's own operator tests of quantization: read, written, run, compared with the standard's outputs.</summary>
public sealed class OnnxNodeTests
{
    // The expected outputs of these wrap around where QLinearMatMul must saturate (−236 became 20); ONNX Runtime saturates.
    private static readonly HashSet<string> Wrapped =
    [
        "test_qlinearmatmul_2D_int8_float16",
        "test_qlinearmatmul_2D_int8_float32",
        "test_qlinearmatmul_3D_int8_float16",
        "test_qlinearmatmul_3D_int8_float32",
    ];

    public static TheoryData<string> Cases() =>
        TestData.IsAvailable
            ? [.. Directory
                .GetDirectories(TestData.PathOf("onnx_quant_fixtures", "onnx_node_tests"))
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal)]
            : [""];

    [Theory]
    [MemberData(nameof(Cases))]
    public void RoundTrip_GivesTheExpectedOutputs(string name)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var folder = TestData.PathOf("onnx_quant_fixtures", "onnx_node_tests", name);
        var graph = OnnxReader.Read(Path.Combine(folder, "model.onnx"));
        var set = Path.Combine(folder, "test_data_set_0");
        var inputs = graph.Inputs
            .Select((input, index) => (input.Name, Value: Load(set, $"input_{index}.pb")))
            .ToDictionary(pair => pair.Name, pair => pair.Value);

        var actual = OrtRunner.Run(OnnxReader.Read(new MemoryStream(OnnxWriter.WriteBytes(graph)), name), inputs);

        for (var index = 0; index < graph.Outputs.Count; index++)
        {
            var expected = Load(set, $"output_{index}.pb");
            Assertions.Equal(
                Wrapped.Contains(name) ? Saturated(expected, actual[graph.Outputs[index].Name]) : expected,
                actual[graph.Outputs[index].Name]);
        }
    }

    /// <summary>
    /// The expected codes, with those that may have wrapped around taken from <paramref name="actual"/> where it is at the lower bound.
    /// </summary>
    private static Tensor Saturated(Tensor expected, Tensor actual) =>
        Tensor.From<sbyte>(
            expected.Dimensions,
            [.. expected
                .As<sbyte>()
                .ToArray()
                .Zip(actual.As<sbyte>().ToArray(), (wrapped, code) => code == sbyte.MinValue ? code : wrapped)]);

    private static Tensor Load(string folder, string file) =>
        new TensorConverter(folder: null).ToTensor(TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, file))), file);
}
