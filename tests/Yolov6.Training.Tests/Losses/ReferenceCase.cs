using QatPipeline.Yolov6.Training.Assigners;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Tests.Losses;

/// <summary>The image, predictions and objects of the check values (reference 11): 64×64, 84 anchors, 3 classes, 2 objects.</summary>
internal sealed class ReferenceCase : IDisposable
{
    public AnchorGrid Grid { get; } = new(64, 64, [8, 16, 32]);

    public DetectionTargets Targets { get; } = new([[new(1, 7.3f, 9.1f, 38.9f, 45.7f), new(0, 30.2f, 19.5f, 60.7f, 62.3f)]]);

    /// <summary>[1,84,3].</summary>
    public Tensor Scores { get; } = Fill(3, (a, c) => ((((7 * a) + (3 * c)) % 11) + 1) / 13f);

    /// <summary>[1,84,4] in units of the stride.</summary>
    public Tensor Distances { get; } = Fill(4, (a, k) => 1 + ((((5 * a) + (3 * k)) % 7) / 4f));

    /// <summary>[1,84,3].</summary>
    public Tensor TeacherScores { get; } = Fill(3, (a, c) => ((((5 * a) + (2 * c)) % 9) + 1) / 11f);

    /// <summary>[1,84,4]: the predicted corners in pixels.</summary>
    public Tensor PixelBoxes() => Grid.Decode(Distances) * Grid.Strides;

    public void Dispose()
    {
        Grid.Dispose();
        Targets.Dispose();
        Scores.Dispose();
        Distances.Dispose();
        TeacherScores.Dispose();
    }

    private static Tensor Fill(int columns, Func<int, int, float> value)
    {
        var values = new float[84 * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i / columns, i % columns);
        }

        return tensor(values, [1, 84, columns]);
    }
}
