using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.Tests.Networks;

public sealed class EndToEndTests
{
    private static readonly Yolov6Options Small = new()
    {
        WidthMultiple = 0.125,
        ClassCount = 3,
        InputHeight = 64,
        InputWidth = 64,
        MaxDetections = 20,
    };

    [Fact]
    public void Build_Plugins_HaveTheAttributesOfTheReference()
    {
        var efficient = Yolov6Network.Build(Small with { EndToEnd = EndToEnd.TensorRt8 }).Graph.Nodes[^1];
        Assert.Equal(("EfficientNMS_TRT", "TRT"), (efficient.OpType, efficient.Domain));
        Assert.Equal(-1, efficient.Int("background_class", 0));
        Assert.Equal(1, efficient.Int("box_coding", 0));
        Assert.Equal(20, efficient.Int("max_output_boxes", 0));
        Assert.Equal(0.45f, efficient.Float("iou_threshold", 0));
        Assert.Equal(["num_dets", "det_boxes", "det_scores", "det_classes"], efficient.Outputs);
        var batched = Yolov6Network.Build(Small with { EndToEnd = EndToEnd.TensorRt7 }).Graph.Nodes[^1];
        Assert.Equal("BatchedNMSDynamic_TRT", batched.OpType);
        Assert.Equal(20, batched.Int("keepTopK", 0));
        Assert.Equal(1, batched.Int("caffeSemantics", 0));
    }

    [Fact]
    public void Suppression_ByStandardOperators_EqualsTheGreedyDefinition()
    {
        var options = Small with { ScoreThreshold = 0.3f, IouThreshold = 0.45f };
        var image = new WeightRandom(2).Uniform(2 * 3 * 64 * 64, 0, 1);
        var input = Tensor.FromFloats([2, 3, 64, 64], image);
        var raw = Ort(Yolov6Network.Build(options with { Seed = 5 }), input)[Yolov6Network.OutputName].ToFloats();
        var outputs = Ort(Yolov6Network.Build(options with { Seed = 5, EndToEnd = EndToEnd.OnnxRuntime }), input);
        for (var b = 0; b < 2; b++)
        {
            var expected = Greedy(raw.AsSpan(b * 84 * 8, 84 * 8).ToArray(), options);
            var count = (int)outputs["num_dets"].ToLongs()[b];
            Assert.InRange(expected.Count, 2, 84 * 3);
            Assert.Equal(Math.Min(expected.Count, 20), count);
            for (var i = 0; i < 20; i++)
            {
                var box = outputs["det_boxes"].ToFloats().AsSpan(((b * 20) + i) * 4, 4).ToArray();
                Assert.Equal(i < count ? expected[i].Score : 0, outputs["det_scores"].ToFloats()[(b * 20) + i], 1e-6f);
                Assert.Equal(i < count ? expected[i].Class : -1, outputs["det_classes"].ToLongs()[(b * 20) + i]);
                Assert.All(box, (side, k) => Assert.Equal(i < count ? expected[i].Box[k] : 0, side, 1e-3f));
            }
        }
    }

    [Fact]
    public void Preprocessing_InsideTheGraph_EqualsThatOutside()
    {
        var pixels = new WeightRandom(3).Uniform(3 * 64 * 64, 0, 255);
        float[] rgb = [.. pixels[(2 * 4096)..], .. pixels[4096..(2 * 4096)], .. pixels[..4096]];
        var outside = Ort(Yolov6Network.Build(Small), Tensor.FromFloats([1, 3, 64, 64], Array.ConvertAll(rgb, value => value / 255)));
        var inside = Ort(Yolov6Network.Build(Small with { WithPreprocessing = true }), Tensor.FromFloats([1, 3, 64, 64], pixels));
        Assert.All(
            outside[Yolov6Network.OutputName].ToFloats().Zip(inside[Yolov6Network.OutputName].ToFloats()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    // Prediction layers that answer differently at every anchor.
    private static Dictionary<string, Tensor> Ort(Yolov6Network network, Tensor input)
    {
        var graph = network.Graph.Clone();
        var random = new WeightRandom(11);
        foreach (var (name, tensor) in network.Graph.Initializers.Where(entry => entry.Key.Contains("_preds.", StringComparison.Ordinal)))
        {
            var (low, high) = name.Contains("reg", StringComparison.Ordinal) ? (0.2, 1.5) : (-1.5, 1.5);
            if (tensor.Type == ElementType.Float)
            {
                graph.Initializers[name] = Tensor.FromFloats(tensor.Dimensions, random.Uniform((int)tensor.Length, low, high));
            }
        }

        return OrtRunner.Run(graph, new Dictionary<string, Tensor> { [Yolov6Network.InputName] = input });
    }

    private static List<(int Class, float Score, float[] Box)> Greedy(float[] rows, Yolov6Options options)
    {
        var kept = new List<(int Class, float Score, float[] Box)>();
        for (var c = 0; c < 3; c++)
        {
            var ofClass = new List<(int Class, float Score, float[] Box)>();
            var candidates = Enumerable.Range(0, 84)
                .Select(a => (Score: rows[(a * 8) + 5 + c], Box: Corners(rows.AsSpan(a * 8, 4))))
                .Where(candidate => candidate.Score > options.ScoreThreshold)
                .OrderByDescending(candidate => candidate.Score);
            foreach (var (score, box) in candidates)
            {
                if (ofClass.Count < options.MaxDetections && ofClass.TrueForAll(other => Iou(other.Box, box) <= options.IouThreshold))
                {
                    ofClass.Add((c, score, box));
                }
            }

            kept.AddRange(ofClass);
        }

        return [.. kept.OrderByDescending(detection => detection.Score)];
    }

    private static float[] Corners(ReadOnlySpan<float> box) =>
        [box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2)];

    private static float Iou(float[] a, float[] b)
    {
        var width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]));
        var height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        var inter = width * height;
        return inter / (((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - inter);
    }
}
