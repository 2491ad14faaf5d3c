using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Quantizers;

/// <summary>
/// The structure of YOLOv6 N/T/S in RepOpt form with live batch normalization (reference 1.4–1.6), with few channels and a decode.
/// </summary>
internal static class Yolov6Sketch
{
    private static readonly int[] Backbone = [2, 4, 8, 16, 32];

    public static Graph Build()
    {
        var net = new GraphSketch(3, 64);
        var x = Rep(net, "backbone.stem", net.Input, 3, Backbone[0], 2);
        var stages = new string[4];
        int[] repeats = [2, 4, 6, 2];
        for (var stage = 0; stage < 4; stage++)
        {
            x = Rep(net, $"backbone.ERBlock_{stage + 2}.0", x, Backbone[stage], Backbone[stage + 1], 2);
            stages[stage] = x = RepStage(
                net, $"backbone.ERBlock_{stage + 2}.1", x, Backbone[stage + 1], Backbone[stage + 1], repeats[stage]);
        }

        var (c3, c4) = (stages[1], stages[2]);
        var c5 = Sppf(net, "backbone.ERBlock_5.2", x, 32);

        var f5 = ConvRelu(net, "neck.reduce_layer0", c5, 32, 8, 1);
        var u0 = net.Upsample("neck.upsample0.upsample_transpose", f5, 8);
        var m4 = RepStage(net, "neck.Rep_p4", net.Concat("neck.concat0", u0, c4), 24, 8, 4);
        var f4 = ConvRelu(net, "neck.reduce_layer1", m4, 8, 4, 1);
        var u1 = net.Upsample("neck.upsample1.upsample_transpose", f4, 4);
        var p3 = RepStage(net, "neck.Rep_p3", net.Concat("neck.concat1", u1, c3), 12, 4, 4);
        var d1 = ConvRelu(net, "neck.downsample2", p3, 4, 4, 3, 2);
        var p4 = RepStage(net, "neck.Rep_n3", net.Concat("neck.concat2", d1, f4), 8, 8, 4);
        var d0 = ConvRelu(net, "neck.downsample1", p4, 8, 8, 3, 2);
        var p5 = RepStage(net, "neck.Rep_n4", net.Concat("neck.concat3", d0, f5), 16, 16, 4);

        return net.Finish(Decode(net, [Head(net, 0, p3, 4), Head(net, 1, p4, 8), Head(net, 2, p5, 16)]));
    }

    private static string Rep(GraphSketch net, string name, string input, int cin, int cout, int stride) =>
        net.Relu($"{name}.nonlinearity", net.BatchNorm($"{name}.bn", net.Conv($"{name}.conv", input, cin, cout, 3, stride), cout));

    private static string RepStage(GraphSketch net, string name, string input, int cin, int cout, int repeats)
    {
        var x = Rep(net, $"{name}.conv1", input, cin, cout, 1);
        for (var index = 0; index < repeats - 1; index++)
        {
            x = Rep(net, $"{name}.block.{index}", x, cout, cout, 1);
        }

        return x;
    }

    private static string ConvRelu(GraphSketch net, string name, string input, int cin, int cout, int kernel, int stride = 1) =>
        net.Relu($"{name}.act", net.BatchNorm($"{name}.bn", net.Conv($"{name}.conv", input, cin, cout, kernel, stride), cout));

    private static string ConvSilu(GraphSketch net, string name, string input, int channels, int kernel) =>
        net.Silu($"{name}.act", net.BatchNorm($"{name}.bn", net.Conv($"{name}.conv", input, channels, channels, kernel), channels));

    private static string Sppf(GraphSketch net, string name, string input, int channels)
    {
        var x = ConvRelu(net, $"{name}.cv1", input, channels, channels / 2, 1);
        var y1 = net.Pool($"{name}.m", x);
        var y2 = net.Pool($"{name}.m_1", y1);
        var y3 = net.Pool($"{name}.m_2", y2);
        return ConvRelu(net, $"{name}.cv2", net.Concat($"{name}.concat", x, y1, y2, y3), channels * 2, channels, 1);
    }

    private static (string Classes, string Boxes) Head(GraphSketch net, int level, string input, int channels)
    {
        var stem = ConvSilu(net, $"detect.stems.{level}", input, channels, 1);
        var cls = net.Conv(
            $"detect.cls_preds.{level}", ConvSilu(net, $"detect.cls_convs.{level}", stem, channels, 3), channels, 80, 1, bias: true);
        var reg = net.Conv(
            $"detect.reg_preds.{level}", ConvSilu(net, $"detect.reg_convs.{level}", stem, channels, 3), channels, 4, 1, bias: true);
        return (net.Add($"detect.sigmoid.{level}", "Sigmoid", [cls]), reg);
    }

    /// <summary>
    /// Flattening, concatenation over levels and an addition of two activations, none of which may be quantized for TensorRT.
    /// </summary>
    private static string Decode(GraphSketch net, (string Classes, string Boxes)[] levels)
    {
        string Flatten(string value, int channels)
        {
            var shape = $"{value}.shape";
            net.Graph.Initializers[shape] = Tensor.FromLongs([3], 1, channels, -1);
            return net.Add($"{value}.flat", "Reshape", [value, shape]);
        }

        var classes = net.Add("detect.classes", "Concat", [.. levels.Select(level => Flatten(level.Classes, 80))], ("axis", 2));
        var boxes = net.Add("detect.boxes", "Concat", [.. levels.Select(level => Flatten(level.Boxes, 4))], ("axis", 2));
        var sum = net.Add("detect.sum", "Add", [boxes, net.Add("detect.exp", "Exp", [boxes])]);
        return net.Add("outputs", "Concat", [sum, classes], ("axis", 1));
    }
}
