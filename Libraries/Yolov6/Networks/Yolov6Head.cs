using static System.FormattableString;

namespace QatPipeline.Yolov6.Networks;

/// <summary>The decoupled head and its decoding (reference 1.6).</summary>
internal sealed class Yolov6Head(ModuleBuilder builder, Yolov6Options options)
{
    // −log((1 − 0.01)/0.01): every class begins at probability 0.01.
    private const float ClassBias = -4.59511985f;
    private const float DistanceBias = 1f;

    private readonly int _classes = options.ClassCount;
    private readonly List<string> _levels = [];
    private int _anchors;

    /// <summary>The three levels; scores and distances concatenated, levels in order, rows before columns.</summary>
    public Yolov6Outputs Build(Feature[] neck, IReadOnlyList<string> repBlocks)
    {
        List<string> stems = [], scores = [], distances = [];
        for (var level = 0; level < neck.Length; level++)
        {
            var stem = builder.ConvSilu(Invariant($"detect.stems.{level}"), neck[level], neck[level].Channels, 1);
            var classes = builder.ConvSilu(Invariant($"detect.cls_convs.{level}"), stem, stem.Channels, 3);
            var classPrediction = builder.Prediction(Invariant($"detect.cls_preds.{level}"), classes, _classes, ClassBias);
            var boxes = builder.ConvSilu(Invariant($"detect.reg_convs.{level}"), stem, stem.Channels, 3);
            var boxPrediction = builder.Prediction(Invariant($"detect.reg_preds.{level}"), boxes, 4, DistanceBias);
            stems.Add(stem.Name);
            _levels.Add(boxPrediction.Name);
            scores.Add(Flatten(classPrediction));
            distances.Add(Flatten(boxPrediction));
            _anchors += stem.Height * stem.Width;
        }

        var logits = Join("detect.logits", scores, _classes);
        var probabilities = builder.Node("detect.scores", "Sigmoid", [logits], [_anchors, _classes]);
        return new Yolov6Outputs(
            stems, probabilities, Join("detect.distances", distances, 4), [.. neck.Select(feature => feature.Name)], repBlocks);
    }

    /// <summary>Adds the graph's outputs: boxes in pixels with their class probabilities, or suppressed detections.</summary>
    public void Decode(Yolov6Outputs outputs)
    {
        var (points, strides) = options.FollowsInputSize ? new InputAnchors(builder).Build(_levels) : FixedAnchors();
        var half = builder.Constant("decode.half", Tensor.FromFloats([1], 0.5f));
        var pixels = builder.Node("decode.pixels", "Mul", [outputs.Distances, strides], [_anchors, 4]);
        var leftTop = Slice("decode.left_top", pixels, 0);
        var rightBottom = Slice("decode.right_bottom", pixels, 2);

        // Centre = point + (right bottom − left top)/2, size = left top + right bottom.
        var difference = builder.Node("decode.difference", "Sub", [rightBottom, leftTop], [_anchors, 2]);
        var offset = builder.Node("decode.offset", "Mul", [difference, half], [_anchors, 2]);
        var centre = builder.Node("decode.centre", "Add", [points, offset], [_anchors, 2]);
        var size = builder.Node("decode.size", "Add", [leftTop, rightBottom], [_anchors, 2]);
        if (options.EndToEnd != EndToEnd.None)
        {
            var boxes = builder.Node("decode.boxes", "Concat", [centre, size], [_anchors, 4], ("axis", 2L));
            new Suppression(builder, options, _anchors).Build(boxes, outputs.Scores);
            return;
        }

        // Padding with one appends the constant objectness for any batch size.
        var pads = builder.Constant("decode.pads", Tensor.FromLongs([6], 0, 0, 0, 0, 0, 1));
        var one = builder.Constant("decode.objectness", Tensor.Scalar(1f));
        var padded = builder.Node("decode.size_objectness", "Pad", [size, pads, one], [_anchors, 3]);
        var name = builder.Node(
            Yolov6Network.OutputName, "Concat", [centre, padded, outputs.Scores], [_anchors, 5 + _classes], ("axis", 2L));
        builder.Graph.Outputs.Add(builder.Graph.Values[name]);
    }

    private (string Points, string Strides) FixedAnchors()
    {
        var anchors = new AnchorPoints(options.InputHeight, options.InputWidth, Yolov6Outputs.Strides);
        return (
            builder.Constant("decode.points", Tensor.FromFloats([1, _anchors, 2], anchors.Points)),
            builder.Constant("decode.strides", Tensor.FromFloats([1, _anchors, 1], anchors.Strides)));
    }

    // [B,C,H,W] to [B,C,H·W].
    private string Flatten(Feature x)
    {
        var shape = builder.Constant($"{x.Name}.shape", Tensor.FromLongs([3], 0, x.Channels, -1));
        return builder.Node($"{x.Name}.flat", "Reshape", [x.Name, shape], [x.Channels, x.Height * x.Width]);
    }

    private string Join(string name, List<string> levels, int channels)
    {
        var all = builder.Node($"{name}.levels", "Concat", levels, [channels, _anchors], ("axis", 2L));
        return builder.Node(name, "Transpose", [all], [_anchors, channels], ("perm", new long[] { 0, 2, 1 }));
    }

    private string Slice(string name, string x, int start)
    {
        var first = builder.Constant($"{name}.start", Tensor.FromLongs([1], start));
        var end = builder.Constant($"{name}.end", Tensor.FromLongs([1], start + 2));
        var axis = builder.Constant($"{name}.axis", Tensor.FromLongs([1], 2));
        return builder.Node(name, "Slice", [x, first, end, axis], [_anchors, 2]);
    }
}
