namespace QatPipeline.Yolov6.Networks;

/// <summary>The re-parameterisable 3×3 block and its stages (reference 1.2, 1.3).</summary>
internal sealed class RepModules(ModuleBuilder builder)
{
    private readonly List<string> _blocks = [];

    /// <summary>Names of the blocks built so far, in order.</summary>
    public IReadOnlyList<string> Blocks => _blocks;

    public Feature Block(string block, Feature x, int channels, int stride = 1)
    {
        _blocks.Add(block);
        var hasIdentity = x.Channels == channels && stride == 1;
        var sum = builder.Form switch
        {
            Yolov6Form.RepVggTraining => Branches(block, x, channels, stride, hasIdentity),
            Yolov6Form.RepVggDeploy => builder.Conv($"{block}.rbr_reparam", x, channels, 3, stride, bias: true),
            Yolov6Form.HyperSearch => ScaledBranches(block, x, channels, stride, hasIdentity),
            _ => builder.ConvNorm(block, x, channels, 3, stride),
        };
        return builder.Relu(block, sum);
    }

    /// <summary><c>conv1</c> and the blocks after it, <paramref name="repeats"/> together.</summary>
    public Feature Stage(string module, Feature x, int channels, int repeats)
    {
        x = Block($"{module}.conv1", x, channels);
        for (var i = 0; i < repeats - 1; i++)
        {
            x = Block($"{module}.block.{i}", x, channels);
        }

        return x;
    }

    private Feature Branches(string block, Feature x, int channels, int stride, bool hasIdentity)
    {
        Feature? identity = hasIdentity ? builder.BatchNorm($"{block}.rbr_identity", x) : null;
        var dense = builder.ConvNorm($"{block}.rbr_dense", x, channels, 3, stride);
        var pointwise = builder.ConvNorm($"{block}.rbr_1x1", x, channels, 1, stride);
        return Sum(block, dense, pointwise, identity);
    }

    private Feature ScaledBranches(string block, Feature x, int channels, int stride, bool hasIdentity)
    {
        var dense = builder.ChannelScale($"{block}.scale_conv", builder.Conv($"{block}.conv", x, channels, 3, stride));
        var pointwise = builder.ChannelScale($"{block}.scale_1x1", builder.Conv($"{block}.conv_1x1", x, channels, 1, stride));
        Feature? identity = hasIdentity ? builder.ChannelScale($"{block}.scale_identity", x) : null;
        return builder.BatchNorm($"{block}.bn", Sum(block, dense, pointwise, identity));
    }

    private Feature Sum(string block, Feature dense, Feature pointwise, Feature? identity)
    {
        var sum = builder.Sum($"{block}.sum", dense, pointwise);
        return identity is { } skip ? builder.Sum($"{block}.sum_identity", sum, skip) : sum;
    }
}
