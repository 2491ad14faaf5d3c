using System.Globalization;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Profiling;

/// <summary>The networks a profile is measured with.</summary>
internal static class ProbeCatalog
{
    private static readonly (int Channels, int Size)[] Shapes =
        [(16, 160), (24, 80), (32, 80), (64, 40), (96, 20), (128, 20), (256, 10), (16, 20), (48, 10)];

    /// <summary>All, in the order of measuring.</summary>
    public static IReadOnlyList<Graph> Networks { get; } =
    [
        .. Shapes.SelectMany(shape => OfShape(shape.Channels, shape.Size)),
        .. Convolutions(),
        .. Others(),
    ];

    private static IEnumerable<Graph> OfShape(int channels, int size)
    {
        yield return Create("conv3x3+relu", channels, size, network => network
            .Times(6, part => part.Convolution(channels).Unary("Relu")));
        yield return Create("conv1x1+relu", channels, size, network => network
            .Times(8, part => part.Convolution(channels, kernel: 1).Unary("Relu")));
        yield return Create("depthwise3x3+conv1x1", channels, size, network => network
            .Times(4, part => part.Convolution(channels, isDepthwise: true).Unary("Relu").Convolution(channels, kernel: 1)));
    }

    private static IEnumerable<Graph> Convolutions()
    {
        yield return Create("stem conv3x3 stride 2 from 3", 3, 320, network => network.Convolution(16, stride: 2).Unary("Relu"));
        foreach (var (channels, size) in new[] { (16, 160), (64, 80) })
        {
            yield return Create("conv3x3 stride 2", channels, size, network => network
                .Times(3, part => part.Convolution(channels, stride: 2).Unary("Relu")));
        }

        foreach (var (channels, size) in new[] { (24, 160), (96, 40) })
        {
            yield return Create("depthwise5x5 stride 2", channels, size, network => network
                .Times(3, part => part.Convolution(channels, kernel: 5, stride: 2, isDepthwise: true).Unary("Relu")));
        }

        // Heads: many channels in, few out, side by side on one tensor.
        foreach (var (channels, size) in new[] { (64, 80), (128, 20) })
        {
            yield return Create("heads conv1x1 to 8", channels, size, network => Fan(network, kernel: 1));
            yield return Create("heads conv3x3 to 8", channels, size, network => Fan(network, kernel: 3));
        }

        foreach (var (channels, size) in new[] { (32, 40), (64, 20) })
        {
            yield return Create("deconvolution 2x2", channels, size, network => network
                .Times(2, part => part.Deconvolution(channels).Convolution(channels, stride: 2)));
        }
    }

    private static IEnumerable<Graph> Others()
    {
        foreach (var (channels, size) in new[] { (16, 160), (64, 40), (128, 20) })
        {
            ProbeNetwork Pointwise(ProbeNetwork network) => network.Convolution(channels, kernel: 1);
            yield return Create("conv1x1+silu", channels, size, network => network.Times(4, part => Pointwise(part).Silu()));
            yield return Create("conv1x1+hardswish", channels, size, network => network
                .Times(4, part => Pointwise(part).Unary("HardSwish")));
            yield return Create("add", channels, size, network => network.Times(4, part =>
            {
                var before = part.Mark;
                Pointwise(part).Binary("Add", before.Value);
            }));
            yield return Create("squeeze and excite", channels, size, network => network.Times(3, part =>
            {
                var x = Pointwise(part).Mark;
                var gate = Pointwise(part.Unary("GlobalAveragePool")).Unary("Sigmoid").Mark;
                part.From(x).Binary("Mul", gate.Value);
            }));
            yield return Create("concat", channels, size, network => network.Times(3, part =>
            {
                var left = Pointwise(part).Mark;
                Pointwise(part).Concat(left).Convolution(channels, kernel: 1);
            }));
            yield return Create("maxpool5x5", channels, size, network => network.Times(3, part => Pointwise(part).Pool(5)));
            yield return Create("upsample", channels, size / 2, network => network
                .Times(2, part => Pointwise(part).Upsample().Convolution(channels, kernel: 1, stride: 2)));
        }
    }

    private static void Fan(ProbeNetwork network, int kernel)
    {
        const int Heads = 4, Outputs = 8;
        var trunk = network.Convolution(network.Mark.Channels, kernel: 1).Mark;
        var sum = network.Convolution(Outputs, kernel).Mark;
        for (var head = 1; head < Heads; head++)
        {
            sum = network.From(trunk).Convolution(Outputs, kernel).Binary("Add", sum.Value).Mark;
        }
    }

    private static Graph Create(string kind, int channels, int size, Action<ProbeNetwork> build) =>
        ProbeNetwork.Create(string.Create(CultureInfo.InvariantCulture, $"{kind} {channels}@{size}"), channels, size, build);
}
