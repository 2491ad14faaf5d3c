using QatPipeline.Graphs.Costs;

namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// A YOLOv6 as a <see cref="QatPipeline.Graphs.Model.Graph"/>: backbone, neck, head, decoding and, if asked for, suppression
/// (reference 1, 7.6).
/// </summary>
/// <param name="Graph">The network with live batch normalization and fresh weights.</param>
/// <param name="Outputs">Names of the values that training needs.</param>
/// <param name="Options">What it was built for.</param>
public sealed record Yolov6Network(Graph Graph, Yolov6Outputs Outputs, Yolov6Options Options)
{
    /// <summary>Name of the input [B,3,H,W].</summary>
    public const string InputName = "images";

    /// <summary>Name of the output [B,A,5+K]: cx, cy, w, h in input pixels, 1, class probabilities.</summary>
    public const string OutputName = "outputs";

    private const int Opset = 13;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Yolov6Network Build(Yolov6Options options)
    {
        options.Validate();
        var scaling = new Yolov6Scaling(options.WidthMultiple, options.DepthMultiple);
        var graph = new Graph("yolov6", Opset);
        var batch = options.Batch is { } size ? Dimension.ToDimension(size) : Dimension.Named("batch");
        var builder = new ModuleBuilder(graph, options.Form, new WeightRandom(options.Seed), batch);
        var rep = new RepModules(builder);

        var image = new Feature(InputName, 3, options.InputHeight, options.InputWidth);
        graph.Inputs.Add(new ValueInfo(InputName, ElementType.Float, [batch, 3, options.InputHeight, options.InputWidth]));
        var levels = Backbone(builder, rep, options.WithPreprocessing ? Preprocess(builder, image) : image, scaling);
        var neck = Neck(builder, rep, levels, scaling);
        var head = new Yolov6Head(builder, options);
        var outputs = head.Build(neck, rep.Blocks);
        head.Decode(outputs);
        outputs.Record(graph);
        if (options.FollowsInputSize)
        {
            LeaveSizeOpen(graph, options);
        }

        return new Yolov6Network(graph, outputs, options);
    }

    // What was known of shapes holds for one size only; it is inferred anew where it is needed.
    private static void LeaveSizeOpen(Graph graph, Yolov6Options options)
    {
        NominalSize.Record(graph, options.InputHeight, options.InputWidth);
        graph.Values.Clear();
        var (input, output) = (graph.Inputs[0], graph.Outputs[0]);
        graph.Inputs[0] = input with
        {
            Shape = [.. input.Shape!.Take(2), Dimension.Named("height"), Dimension.Named("width")],
        };
        graph.Outputs[0] = output with { Shape = [output.Shape![0], Dimension.Named("anchors"), output.Shape[2]] };
    }

    // BGR in 0…255 to RGB in 0…1.
    private static Feature Preprocess(ModuleBuilder builder, Feature image)
    {
        long[] shape = [image.Channels, image.Height, image.Width];
        var order = builder.Constant("preprocess.order", Tensor.FromLongs([3], 2, 1, 0));
        var scale = builder.Constant("preprocess.scale", Tensor.FromFloats([1], 1f / 255));
        var rgb = builder.Node("preprocess.rgb", "Gather", [image.Name, order], shape, ("axis", 1L));
        return image with { Name = builder.Node("preprocess", "Mul", [rgb, scale], shape) };
    }

    // EfficientRep (reference 1.4): C3, C4, C5.
    private static Feature[] Backbone(ModuleBuilder builder, RepModules rep, Feature x, Yolov6Scaling scaling)
    {
        var (channels, repeats) = (scaling.BackboneChannels, scaling.BackboneRepeats);
        x = rep.Block("backbone.stem", x, channels[0], stride: 2);
        var levels = new List<Feature>();
        for (var level = 1; level < channels.Length; level++)
        {
            var module = $"backbone.ERBlock_{level + 1}";
            x = rep.Block($"{module}.0", x, channels[level], stride: 2);
            x = rep.Stage($"{module}.1", x, channels[level], repeats[level]);
            levels.Add(x);
        }

        return [levels[1], levels[2], PyramidPooling(builder, "backbone.ERBlock_5.2", x)];
    }

    private static Feature PyramidPooling(ModuleBuilder builder, string module, Feature x)
    {
        var first = builder.ConvRelu($"{module}.cv1", x, x.Channels / 2, 1);
        var second = builder.MaxPool($"{module}.m", first, 5);
        var third = builder.MaxPool($"{module}.m_1", second, 5);
        var fourth = builder.MaxPool($"{module}.m_2", third, 5);
        return builder.ConvRelu($"{module}.cv2", builder.Concat($"{module}.concat", first, second, third, fourth), x.Channels, 1);
    }

    // RepPAN (reference 1.5): P3, P4, P5.
    private static Feature[] Neck(ModuleBuilder builder, RepModules rep, Feature[] levels, Yolov6Scaling scaling)
    {
        var (channels, repeats) = (scaling.NeckChannels, scaling.NeckRepeats);
        var f5 = builder.ConvRelu("neck.reduce_layer0", levels[2], channels[0], 1);
        var u0 = builder.Upsample("neck.upsample0.upsample_transpose", f5);
        var m4 = rep.Stage("neck.Rep_p4", builder.Concat("neck.concat_p4", u0, levels[1]), channels[0], repeats);
        var f4 = builder.ConvRelu("neck.reduce_layer1", m4, channels[1], 1);
        var u1 = builder.Upsample("neck.upsample1.upsample_transpose", f4);
        var p3 = rep.Stage("neck.Rep_p3", builder.Concat("neck.concat_p3", u1, levels[0]), channels[1], repeats);
        var d1 = builder.ConvRelu("neck.downsample2", p3, channels[2], 3, stride: 2);
        var p4 = rep.Stage("neck.Rep_n3", builder.Concat("neck.concat_n3", d1, f4), channels[3], repeats);
        var d0 = builder.ConvRelu("neck.downsample1", p4, channels[4], 3, stride: 2);
        var p5 = rep.Stage("neck.Rep_n4", builder.Concat("neck.concat_n4", d0, f5), channels[5], repeats);
        return [p3, p4, p5];
    }
}
