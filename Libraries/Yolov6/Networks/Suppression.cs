namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// Non-maximum suppression as part of the graph (reference 7.6). Outputs: num_dets [B,1], det_boxes [B,k,4] (corners in pixels),
/// det_scores [B,k], det_classes [B,k]; what is padded has score 0 and class −1.
/// </summary>
internal sealed class Suppression(ModuleBuilder builder, Yolov6Options options, int anchors)
{
    private const string PluginDomain = "TRT";
    private const int CandidatesOfBatchedNms = 1000;

    private readonly Graph _graph = builder.Graph;
    private readonly long _kept = Math.Min(options.MaxDetections, (long)anchors * options.ClassCount);

    /// <param name="boxes">[B,A,4]: cx, cy, w, h in pixels.</param>
    /// <param name="scores">[B,A,K].</param>
    public void Build(string boxes, string scores)
    {
        switch (options.EndToEnd)
        {
            case EndToEnd.TensorRt8:
                AddPlugin("EfficientNMS_TRT", boxes, scores, ElementType.Int32,
                    ("background_class", -1L), ("box_coding", 1L), ("iou_threshold", options.IouThreshold), ("max_output_boxes", _kept),
                    ("plugin_version", "1"), ("score_activation", 0L), ("score_threshold", options.ScoreThreshold));
                break;
            case EndToEnd.TensorRt7:
                // This plugin expects corners, and an axis for boxes of one class.
                var axis = builder.Constant("nms.axis", Tensor.FromLongs([1], 2));
                var single = builder.Node("nms.boxes", "Unsqueeze", [Corners(boxes), axis], [anchors, 1, 4]);
                AddPlugin("BatchedNMSDynamic_TRT", single, scores, ElementType.Float,
                    ("shareLocation", 1L),
                    ("backgroundLabelId", -1L),
                    ("numClasses", (long)options.ClassCount),
                    ("topK", (long)CandidatesOfBatchedNms),
                    ("keepTopK", _kept),
                    ("scoreThreshold", options.ScoreThreshold),
                    ("iouThreshold", options.IouThreshold),
                    ("isNormalized", 0L),
                    ("clipBoxes", 0L),
                    ("scoreBits", 16L),
                    ("caffeSemantics", 1L),
                    ("plugin_version", "1"));
                break;
            default:
                AddStandard(boxes, scores);
                break;
        }
    }

    // By the fixed matrix whose columns give cx − w/2, cy − h/2, cx + w/2, cy + h/2.
    private string Corners(string boxes)
    {
        var matrix = builder.Constant(
            "nms.corner_matrix", Tensor.FromFloats([4, 4], 1, 0, 1, 0, 0, 1, 0, 1, -0.5f, 0, 0.5f, 0, 0, -0.5f, 0, 0.5f));
        return builder.Node("nms.corners", "MatMul", [boxes, matrix], [anchors, 4]);
    }

    private void AddPlugin(
        string op, string boxes, string scores, ElementType classType, params (string Name, AttributeValue Value)[] attributes)
    {
        _graph.OpsetImports[PluginDomain] = 1;
        var node = new Node("nms", op, [boxes, scores], ["num_dets", "det_boxes", "det_scores", "det_classes"], PluginDomain);
        foreach (var (name, value) in attributes)
        {
            node.Attributes[name] = value;
        }

        _graph.Nodes.Add(node);
        AddOutputs(ElementType.Int32, classType);
    }

    // The suppressed scores are scattered back into a dense [B,K,A] map of zeros: its best k are each image's detections in order.
    private void AddStandard(string boxes, string scores)
    {
        var classes = (long)options.ClassCount;
        var byClass = builder.Node("nms.scores", "Transpose", [scores], [classes, anchors], ("perm", new long[] { 0, 2, 1 }));
        var selected = Long("nms.selected", "NonMaxSuppression",
            [
                boxes,
                byClass,
                Number("nms.most", _kept),
                Real("nms.iou", options.IouThreshold),
                Real("nms.threshold", options.ScoreThreshold),
            ],
            [default, 3], ("center_point_box", 1L));
        var values = Float("nms.values", "GatherND", [byClass, selected], [default]);
        var zeros = builder.Node(
            "nms.zeros", "Mul", [byClass, builder.Constant("nms.zero", Tensor.FromFloats([1], 0))], [classes, anchors]);
        var dense = builder.Node("nms.dense", "ScatterND", [zeros, selected, values], [classes, anchors]);
        var flat = builder.Node(
            "nms.flat", "Reshape", [dense, builder.Constant("nms.flat_shape", Tensor.FromLongs([2], 0, -1))], [classes * anchors]);

        _graph.Nodes.Add(
            new Node("nms.best", "TopK", [flat, Number("nms.kept", _kept)], ["det_scores", "nms.best_index"])
            {
                Attributes = { ["axis"] = 1L },
            });
        _graph.Values["nms.best_index"] = new ValueInfo("nms.best_index", ElementType.Int64, [builder.Batch, _kept]);
        var perClass = Number("nms.anchor_count", anchors);
        Dimension[] each = [builder.Batch, _kept];
        var classIndex = Long("nms.class", "Div", ["nms.best_index", perClass], each);
        var anchorIndex = Long("nms.anchor", "Mod", ["nms.best_index", perClass], each);

        var last = builder.Constant("nms.last_axis", Tensor.FromLongs([1], 2));
        var index = Long("nms.anchor_index", "Unsqueeze", [anchorIndex, last], [builder.Batch, _kept, 1]);
        var chosen = builder.Node("nms.chosen", "GatherND", [Corners(boxes), index], [_kept, 4], ("batch_dims", 1L));
        var valid = builder.Node(
            "nms.valid", "Greater", ["det_scores", Real("nms.none", 0)], new ValueInfo("nms.valid", ElementType.Bool, each));
        var validNumber = Long("nms.valid_number", "Cast", [valid], each, ("to", (long)ElementType.Int64));
        var validFloat = Float("nms.valid_float", "Cast", [valid], each, ("to", (long)ElementType.Float));
        var validBox = Float("nms.valid_box", "Unsqueeze", [validFloat, last], [builder.Batch, _kept, 1]);
        _graph.Nodes.Add(new Node("nms.det_boxes", "Mul", [chosen, validBox], ["det_boxes"]));
        _graph.Nodes.Add(new Node("nms.det_classes", "Where", [valid, classIndex, Number("nms.background", -1)], ["det_classes"]));
        _graph.Nodes.Add(
            new Node(
                "nms.num_dets", "ReduceSum", [validNumber, builder.Constant("nms.detections_axis", Tensor.FromLongs([1], 1))], ["num_dets"])
            {
                Attributes = { ["keepdims"] = 1L },
            });
        AddOutputs(ElementType.Int64, ElementType.Int64);
    }

    private void AddOutputs(ElementType countType, ElementType classType)
    {
        _graph.Outputs.Add(new ValueInfo("num_dets", countType, [builder.Batch, 1]));
        _graph.Outputs.Add(new ValueInfo("det_boxes", ElementType.Float, [builder.Batch, _kept, 4]));
        _graph.Outputs.Add(new ValueInfo("det_scores", ElementType.Float, [builder.Batch, _kept]));
        _graph.Outputs.Add(new ValueInfo("det_classes", classType, [builder.Batch, _kept]));
    }

    private string Number(string name, long value) => builder.Constant(name, Tensor.FromLongs([1], value));

    private string Real(string name, float value) => builder.Constant(name, Tensor.FromFloats([1], value));

    private string Long(
        string name, string op, string[] inputs, Dimension[] shape, params (string Name, AttributeValue Value)[] attributes) =>
        builder.Node(name, op, inputs, new ValueInfo(name, ElementType.Int64, shape), attributes);

    private string Float(
        string name, string op, string[] inputs, Dimension[] shape, params (string Name, AttributeValue Value)[] attributes) =>
        builder.Node(name, op, inputs, new ValueInfo(name, ElementType.Float, shape), attributes);
}
