namespace QatPipeline.Coco.Augmentation;

/// <summary>Strength of the training augmentation; the defaults are the reference's fine-tuning values (reference 2.1, 8.3).</summary>
public sealed record AugmentationOptions
{
    /// <summary>No augmentation: load and letterbox only.</summary>
    public static AugmentationOptions None { get; } =
        new() { Mosaic = 0, Translate = 0, Scale = 0, Hue = 0, Saturation = 0, Value = 0, FlipLeftRight = 0 };

    /// <summary>Probability of composing four images.</summary>
    public double Mosaic { get; init; } = 1;

    /// <summary>Probability of blending a mosaic with a second one.</summary>
    public double Mixup { get; init; }

    /// <summary>Rotation by up to this many degrees either way.</summary>
    public double Degrees { get; init; }

    /// <summary>Shift by up to this fraction of the image either way.</summary>
    public double Translate { get; init; } = 0.1;

    /// <summary>Size factor within 1 ± this.</summary>
    public double Scale { get; init; } = 0.5;

    /// <summary>Shear by up to this many degrees either way.</summary>
    public double Shear { get; init; }

    /// <summary>Hue factor within 1 ± this.</summary>
    public double Hue { get; init; } = 0.015;

    /// <summary>Saturation factor within 1 ± this.</summary>
    public double Saturation { get; init; } = 0.7;

    /// <summary>Brightness factor within 1 ± this.</summary>
    public double Value { get; init; } = 0.4;

    /// <summary>Probability of a vertical flip.</summary>
    public double FlipUpDown { get; init; }

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipLeftRight { get; init; } = 0.5;
}
