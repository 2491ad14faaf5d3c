using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Graphs.Tests.Targets;

namespace QatPipeline.Graphs.Tests.Quantizers;

/// <summary>Boxes in pixels and probabilities in one tensor: one scale for both leaves no detection; placement gives them none.</summary>
public sealed class DecodingTests
{
    private const float Confidence = 0.3f;

    private static readonly Dictionary<string, Tensor> Images = new() { ["images"] = RandomTensors.Uniform(7, 0, 1, 1, 3, 16, 16) };

    public static TheoryData<string> Targets() => [.. TargetRegistry.All.Select(target => target.Name)];

    [Fact]
    public void OneScaleForTheJoin_LosesAllDetectionsAndLintNamesIt()
    {
        var graph = Detector();
        var found = DetectionsOf(graph);
        QuantizeJoin(graph);

        Assert.True(found.Length > 10);
        Assert.Empty(DetectionsOf(graph));
        foreach (var target in TargetRegistry.All)
        {
            var finding = Assert.Single(target.Lint(graph).Findings, finding => finding.Code == "probabilities-lost");
            Assert.Equal((LintSeverity.Error, "join"), (finding.Severity, finding.Nodes[1]));
            Assert.Contains("Quantize the branches before the join", finding.Remedy, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Placement_LeavesTheJoinFloatAndKeepsTheDetections(string name)
    {
        var graph = Detector();
        GraphSimplifier.Simplify(graph);
        var expected = DetectionsOf(graph);
        var target = TargetRegistry.Get(name);
        target.Place(graph);

        var nodes = graph.QuantizedNodes();
        Assert.DoesNotContain("join", nodes);
        Assert.DoesNotContain("corners", nodes);
        Assert.DoesNotContain("expected", nodes);
        Assert.Contains("boxes", nodes);
        Assert.Contains("scores", nodes);
        var built = target.Build(MinMaxCalibration.Calibrate(graph, Images), target.Forms[0]).Graph;
        Assert.Equal(expected, DetectionsOf(built));
        Assert.DoesNotContain(target.Lint(built).Findings, finding => finding.Code == "probabilities-lost");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Placement_GateJoinedWithFeatures_KeepsTheLayersBehindIt(string name)
    {
        var sketch = new GraphSketch(3, 16);
        var features = sketch.Conv("first", sketch.Input, 3, 8, 3);
        var gate = sketch.Add("gate", "Sigmoid", [sketch.Conv("gated", features, 8, 8, 1)]);
        var graph = sketch.Finish(sketch.Conv("last", sketch.Concat("mixed", features, gate), 16, 4, 3));

        TargetRegistry.Get(name).Place(graph);

        Assert.Contains("last", graph.QuantizedNodes());
        Assert.All(graph.Quantizers.Where(quantizer => quantizer.Group is not null), quantizer => Assert.DoesNotContain(
            quantizer.Uses, use => use.Node == "mixed"));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Placement_SuppressionInTheModel_QuantizesUpToItAndNothingBehind(string name)
    {
        var sketch = new GraphSketch(3, 16);
        var features = sketch.Relu("relu", sketch.Conv("stem", sketch.Input, 3, 8, 3, bias: true));
        var flat = sketch.Add("flat", "Reshape", [sketch.Conv("boxes", features, 8, 4, 1), sketch.Long("four", 1, 4, 256)]);
        var boxes = sketch.Add("rows", "Transpose", [flat], ("perm", new long[] { 0, 2, 1 }));
        var corners = sketch.Add("corners", "MatMul", [boxes, sketch.Given("matrix", [4, 4], new float[16])]);
        var scores = sketch.Add("sigmoid", "Sigmoid", [sketch.Add(
            "lists", "Reshape", [sketch.Conv("scores", features, 8, 2, 1), sketch.Long("two", 1, 2, 256)])]);
        var kept = sketch.Add("nms", "NonMaxSuppression", [corners, scores, sketch.Long("most", 10)]);
        var real = sketch.Add("real", "Cast", [kept], ("to", 1L));
        var graph = sketch.Finish(sketch.Add("behind", "MatMul", [real, sketch.Given("turn", [3, 3], new float[9])]));

        TargetRegistry.Get(name).Place(graph);

        var nodes = graph.QuantizedNodes();
        Assert.All(["stem", "boxes", "scores"], layer => Assert.Contains(layer, nodes));
        Assert.All(["corners", "nms", "real", "behind"], layer => Assert.DoesNotContain(layer, nodes));
    }

    /// <summary>
    /// Boxes in pixels as the expected value of a distribution, joined with probabilities; then a product makes corners of centres.
    /// </summary>
    private static Graph Detector()
    {
        var sketch = new GraphSketch(3, 16);
        var features = sketch.Relu("relu", sketch.Conv("stem", sketch.Input, 3, 8, 3, stride: 2, bias: true));
        var distribution = sketch.Add(
            "distribution", "Reshape", [sketch.Conv("boxes", features, 8, 16, 1), sketch.Long("bins", 1, 4, 4, 64)]);
        var transposed = sketch.Add("transposed", "Transpose", [distribution], ("perm", new long[] { 0, 2, 1, 3 }));
        var along = sketch.Add("softmax", "Softmax", [transposed], ("axis", 1L));
        var expected = sketch.Add("expected", "Conv", [along, sketch.Given("ramp", [1, 4, 1, 1], 0, 100, 200, 300)]);
        var boxes = sketch.Add("pixels", "Reshape", [expected, sketch.Long("four", 1, 4, 64)]);
        var probabilities = sketch.Add("sigmoid", "Sigmoid", [sketch.Conv("scores", features, 8, 2, 1)]);
        var scores = sketch.Add("flat", "Reshape", [probabilities, sketch.Long("two", 1, 2, 64)]);
        var join = sketch.Concat("join", boxes, scores);
        var rows = sketch.Add("rows", "Transpose", [join], ("perm", new long[] { 0, 2, 1 }));
        var corners = sketch.Add("corners", "MatMul", [rows, sketch.Given("matrix", [6, 6], Corners())]);
        return sketch.Finish(corners);
    }

    private static float[] Corners()
    {
        var matrix = new float[36];
        for (var axis = 0; axis < 6; axis++)
        {
            matrix[(axis * 6) + axis] = 1;
        }

        (matrix[(2 * 6) + 0], matrix[(3 * 6) + 1]) = (-0.5f, -0.5f);
        return matrix;
    }

    /// <summary>What a tool does that quantizes every tensor: one pair behind the join.</summary>
    private static void QuantizeJoin(Graph graph)
    {
        graph.Initializers.Add("scale", Tensor.Scalar(640 / 255f));
        graph.Initializers.Add("zero", Tensor.Scalar((byte)0));
        graph.Rewire("join.out", "join.real");
        graph.Nodes.Add(new Node("q", "QuantizeLinear", ["join.out", "scale", "zero"], ["join.codes"]));
        graph.Nodes.Add(new Node("dq", "DequantizeLinear", ["join.codes", "scale", "zero"], ["join.real"]));
        GraphOrder.Sort(graph);
    }

    /// <summary>Rows and classes of the scores above the threshold.</summary>
    private static string[] DetectionsOf(Graph graph)
    {
        var rows = OrtRunner.Run(graph, Images)[graph.Outputs[0].Name].ToFloats();
        return
        [
            .. rows.Index().Where(item => item.Index % 6 >= 4 && item.Item > Confidence)
                .Select(item => $"{item.Index / 6}:{item.Index % 6}"),
        ];
    }
}
