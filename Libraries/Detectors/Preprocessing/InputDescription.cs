using System.Globalization;
using System.Text.Json.Serialization;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>Order of the network's input planes.</summary>
public enum ChannelOrder
{
    /// <summary>Red first.</summary>
    Rgb,

    /// <summary>Blue first.</summary>
    Bgr,
}

/// <summary>Where a picture lies on the network's canvas.</summary>
public enum Placement
{
    /// <summary>In the middle, its shape kept.</summary>
    Centre,

    /// <summary>In the upper left corner, its shape kept.</summary>
    Corner,

    /// <summary>All over it.</summary>
    Stretch,
}

/// <summary>What a network takes for a picture: (level · scale − mean) / deviation, for levels 0…255 of each plane.</summary>
public sealed record InputDescription
{
    private const double Unit = 1 / 255.0;

    /// <summary>Order of the planes.</summary>
    public ChannelOrder Channels { get; init; }

    /// <summary>What levels are multiplied by.</summary>
    public double Scale { get; init; } = Unit;

    /// <summary>What is subtracted then: one number for each plane in the order of <see cref="Channels"/>, or none.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>What is divided by at last: one number for each plane in the order of <see cref="Channels"/>, or none.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = [];

    /// <summary>Where pictures lie on the canvas.</summary>
    public Placement Placement { get; init; }

    /// <summary>Whether batches are the network's input as they are loaded: RGB in 0…1.</summary>
    [JsonIgnore]
    public bool IsAsLoaded => Channels == ChannelOrder.Rgb && Scale is Unit && Mean.Count == 0 && Deviation.Count == 0;

    /// <summary>Brings loaded pixels, RGB in 0…1, to what the network takes.</summary>
    /// <param name="pixels">[N,3,H,W], overwritten.</param>
    /// <param name="plane">H·W.</param>
    public void Apply(Span<float> pixels, int plane)
    {
        for (var start = 0; start < pixels.Length && !IsAsLoaded; start += 3 * plane)
        {
            var image = pixels.Slice(start, 3 * plane);
            if (Channels == ChannelOrder.Bgr)
            {
                Swap(image[..plane], image[(2 * plane)..]);
            }

            for (var channel = 0; channel < 3; channel++)
            {
                var deviation = Deviation.Count == 0 ? 1 : Deviation[channel];
                var (factor, offset) = ((float)(255 * Scale / deviation), (float)((Mean.Count == 0 ? 0 : Mean[channel]) / deviation));
                foreach (ref var value in image.Slice(channel * plane, plane))
                {
                    value = (value * factor) - offset;
                }
            }
        }
    }

    /// <summary>Planes and arithmetic in words, such as <c>BGR, levels 0…255</c>.</summary>
    public override string ToString()
    {
        var levels = Scale is Unit ? "levels 0…1" : Scale is 1 ? "levels 0…255" : FormattableString.Invariant($"levels times {Scale:g6}");
        var mean = Mean.Count == 0 ? "" : $", minus {Join(Mean)}";
        var deviation = Deviation.Count == 0 ? "" : $", by {Join(Deviation)}";
        return $"{Channels.ToString().ToUpperInvariant()}, {levels}{mean}{deviation}";

        static string Join(IEnumerable<double> values) =>
            string.Join(' ', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
    }

    private static void Swap(Span<float> first, Span<float> second)
    {
        for (var index = 0; index < first.Length; index++)
        {
            (first[index], second[index]) = (second[index], first[index]);
        }
    }
}
