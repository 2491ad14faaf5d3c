using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;
using SkiaSharp;

namespace QatPipeline.Coco.Checks;

/// <summary>A PNG of small pictures with the boxes of their objects, in the colours of their classes; crowds are dashed.</summary>
public static class ContactSheet
{
    private const int Cell = 320;
    private const int Gap = 8;
    private const int Columns = 4;
    private const float Line = 2;

    /// <summary>Draws pictures spread over the data set, those with objects first.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="dataset">The data set; pictures that cannot be read are passed over.</param>
    /// <param name="count">Pictures at most, at least 1.</param>
    /// <returns>How many pictures are on it.</returns>
    /// <exception cref="CocoException">The file cannot be written, or no picture can be read.</exception>
    public static int Write(string path, CocoDataset dataset, int count)
    {
        var chosen = Chosen(dataset, count);
        var rows = (chosen.Count + Columns - 1) / Columns;
        using var bitmap = new SKBitmap((Columns * (Cell + Gap)) + Gap, (Math.Max(1, rows) * (Cell + Gap)) + Gap);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor(PixelBuffer.Border, PixelBuffer.Border, PixelBuffer.Border));
        var drawn = 0;
        foreach (var index in chosen)
        {
            drawn += Draw(canvas, dataset, index, Gap + (drawn % Columns * (Cell + Gap)), Gap + (drawn / Columns * (Cell + Gap))) ? 1 : 0;
        }

        if (drawn == 0)
        {
            throw new CocoException($"{dataset.Source}: none of the pictures for the sheet can be read.");
        }

        try
        {
            using var file = File.Create(path);
            bitmap.Encode(file, SKEncodedImageFormat.Png, quality: 100);
            return drawn;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    private static List<int> Chosen(CocoDataset dataset, int count)
    {
        var candidates = Enumerable.Range(0, dataset.Images.Count).OrderBy(index => dataset.AnnotationsOf(index).Count == 0).ToArray();
        var labelled = candidates.TakeWhile(index => dataset.AnnotationsOf(index).Count > 0).Count();
        var pool = labelled >= count ? candidates.AsSpan(0, labelled) : candidates;
        var chosen = new List<int>();
        for (var place = 0; place < Math.Min(count, pool.Length); place++)
        {
            chosen.Add(pool[(int)((long)place * pool.Length / Math.Min(count, pool.Length))]);
        }

        return chosen;
    }

    private static bool Draw(SKCanvas canvas, CocoDataset dataset, int index, int left, int top)
    {
        var image = dataset.Images[index];
        try
        {
            using var pixels = ImageDecoder.Decode(dataset.PathOf(image), image.Width, image.Height);
            var scale = Math.Min((float)Cell / pixels.Width, (float)Cell / pixels.Height);
            var format = new SKImageInfo(pixels.Width, pixels.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
            using var picture = SKImage.FromPixelCopy(format, pixels.Bytes);
            canvas.Save();
            canvas.Translate(left + ((Cell - (pixels.Width * scale)) / 2), top + ((Cell - (pixels.Height * scale)) / 2));
            canvas.Scale(scale);
            canvas.DrawImage(picture, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            foreach (var item in dataset.AnnotationsOf(index))
            {
                using var dashes = item.IsCrowd ? SKPathEffect.CreateDash([6 / scale, 4 / scale], 0) : null;
                using var pen = new SKPaint
                {
                    Color = ClassColors.Of(dataset.CategoryIndexOf(item.CategoryId)),
                    Style = SKPaintStyle.Stroke,
                    StrokeWidth = Line / scale,
                    PathEffect = dashes,
                };
                var box = item.Box;
                canvas.DrawRect((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height, pen);
            }

            canvas.Restore();
            return true;
        }
        catch (CocoException)
        {
            // The check names what cannot be read; the sheet shows the rest.
            return false;
        }
    }
}
