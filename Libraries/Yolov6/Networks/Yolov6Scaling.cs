namespace QatPipeline.Yolov6.Networks;

/// <summary>Repeats and channels of a network from its multiples (reference 1.1).</summary>
internal sealed class Yolov6Scaling
{
    private static readonly int[] Repeats = [1, 6, 12, 18, 6];
    private static readonly int[] Channels = [64, 128, 256, 512, 1024];
    private static readonly int[] NeckChannelsAtFullWidth = [256, 128, 128, 256, 256, 512];
    private const int NeckRepeatsAtFullDepth = 12;

    public Yolov6Scaling(double width, double depth)
    {
        BackboneRepeats = Array.ConvertAll(Repeats, repeats => Repeat(repeats, depth));
        BackboneChannels = Array.ConvertAll(Channels, channels => Scale(channels, width));
        NeckChannels = Array.ConvertAll(NeckChannelsAtFullWidth, channels => Scale(channels, width));
        NeckRepeats = Repeat(NeckRepeatsAtFullDepth, depth);
    }

    public int[] BackboneRepeats { get; }

    /// <summary>c0 … c4.</summary>
    public int[] BackboneChannels { get; }

    /// <summary>c5 … c10.</summary>
    public int[] NeckChannels { get; }

    public int NeckRepeats { get; }

    private static int Repeat(int repeats, double depth) => repeats <= 1 ? repeats : Math.Max((int)Math.Round(repeats * depth), 1);

    private static int Scale(int channels, double width) => 8 * (int)Math.Ceiling(channels * width / 8);
}
