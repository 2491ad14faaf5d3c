using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Makes augmented training samples of a list of images (reference 8.3).</summary>
/// <param name="images">All images: mosaics draw their other three from them.</param>
/// <param name="size">Side of the network's input in pixels.</param>
/// <param name="options">Strength.</param>
internal sealed class TrainingSampler(IReadOnlyList<TrainingImage> images, int size, AugmentationOptions options)
{
    private const int Tiles = 4;
    private const double MixupShape = 32;

    // Boxes end just inside the image, so that no centre falls on the next cell.
    private const double EdgeMargin = 1e-3;

    /// <summary>Writes the sample of an image and returns its labels.</summary>
    /// <param name="index">Position in the list.</param>
    /// <param name="random">All of the sample's randomness.</param>
    /// <param name="destination">[3,S,S] RGB in 0…1.</param>
    /// <exception cref="CocoException">An image cannot be read.</exception>
    public IReadOnlyList<YoloLabel> Write(int index, SeededRandom random, Span<float> destination)
    {
        using var sample = random.NextDouble() < options.Mosaic ? MosaicWithMixup(index, random) : Letterboxed(index, random);
        ColorJitter.Apply(sample.Pixels, options, random);
        var labels = sample.Boxes.Select(box => box.Clip(size - EdgeMargin, size - EdgeMargin).Normalise(size, size));
        if (random.NextDouble() < options.FlipUpDown)
        {
            sample.Pixels.FlipUpDown();
            labels = labels.Select(label => label with { CenterY = 1 - label.CenterY });
        }

        if (random.NextDouble() < options.FlipLeftRight)
        {
            sample.Pixels.FlipLeftRight();
            labels = labels.Select(label => label with { CenterX = 1 - label.CenterX });
        }

        PlanarPixels.Write(sample.Pixels, 0, 0, (size, size), destination);
        return [.. labels];
    }

    /// <summary>Four images around a random centre on a canvas of twice the size, cropped to it.</summary>
    internal Canvas Mosaic(ReadOnlySpan<int> indices, int centerX, int centerY)
    {
        var side = 2 * size;
        var canvas = new Canvas(PixelBuffer.Grey(side, side), []);
        for (var tile = 0; tile < Tiles; tile++)
        {
            var image = images[indices[tile]];
            using var loaded = Load(image);

            // Tiles in reading order, each with its inner corner at the centre.
            var left = tile % 2 == 0 ? centerX - loaded.Width : centerX;
            var top = tile / 2 == 0 ? centerY - loaded.Height : centerY;
            canvas.Pixels.Place(loaded, left, top);
            canvas.Boxes.AddRange(image.Labels.Select(label =>
                PixelBox.Of(label, loaded.Width, loaded.Height, left, top).Clip(side, side)));
        }

        return canvas;
    }

    private Canvas MosaicWithMixup(int index, SeededRandom random)
    {
        var first = RandomMosaic(index, random);
        if (random.NextDouble() >= options.Mixup)
        {
            return first;
        }

        using var second = RandomMosaic(random.Index(images.Count), random);
        var ratio = random.Beta(MixupShape);
        Blend.Into(first.Pixels.Bytes, second.Pixels.Bytes, ratio);
        first.Boxes.AddRange(second.Boxes);
        return first;
    }

    private Canvas RandomMosaic(int index, SeededRandom random)
    {
        int[] indices = [index, random.Index(images.Count), random.Index(images.Count), random.Index(images.Count)];
        random.Shuffle(indices);
        var centerY = (int)random.Uniform(size / 2.0, size * 1.5);
        var centerX = (int)random.Uniform(size / 2.0, size * 1.5);
        using var canvas = Mosaic(indices, centerX, centerY);
        return RandomAffine.Draw(options, random).Apply(canvas, size);
    }

    private Canvas Letterboxed(int index, SeededRandom random)
    {
        var image = images[index];
        using var loaded = Load(image);
        var (left, top) = ((int)Math.Round(((size - loaded.Width) / 2.0) - 0.1), (int)Math.Round(((size - loaded.Height) / 2.0) - 0.1));
        using var canvas = new Canvas(
            PixelBuffer.Grey(size, size),
            [.. image.Labels.Select(label => PixelBox.Of(label, loaded.Width, loaded.Height, left, top))]);
        canvas.Pixels.Place(loaded, left, top);
        return RandomAffine.Draw(options, random).Apply(canvas, size);
    }

    // The longer side becomes the network's size, so that the letterbox's own ratio is 1 (but for the truncated pixel).
    private PixelBuffer Load(TrainingImage image)
    {
        var original = ImageDecoder.Decode(image.File.FileName, image.File.Width, image.File.Height);
        var (width, height) = Resampler.SizeWithLongerSide(original.Width, original.Height, size);
        return Resampler.Resize(original, width, height, Interpolation.Linear);
    }
}
