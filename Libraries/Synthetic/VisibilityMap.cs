namespace QatPipeline.Synthetic;

/// <summary>Which object each pixel belongs to: objects painted later hide earlier ones.</summary>
internal sealed class VisibilityMap : IDisposable
{
    private const byte None = 0;

    private readonly SKBitmap _map;
    private readonly SKCanvas _canvas;
    private readonly List<(int Class, int Pixels)> _objects = [];

    public VisibilityMap(int size)
    {
        _map = new SKBitmap(new SKImageInfo(size, size, SKColorType.Alpha8, SKAlphaType.Premul));
        _map.Erase(SKColors.Transparent);
        _canvas = new SKCanvas(_map);
    }

    /// <summary>Adds an object in front of all others.</summary>
    public void Add(int shape, SKPath outline)
    {
        var id = (byte)(_objects.Count + 1);
        using var paint = new SKPaint { IsAntialias = false, BlendMode = SKBlendMode.Src, Color = SKColors.White.WithAlpha(id) };
        _canvas.DrawPath(outline, paint);
        _objects.Add((shape, _map.GetPixelSpan().Count(id)));
    }

    /// <summary>The objects of which enough is visible, with the bounds of what is.</summary>
    /// <param name="leastVisible">The visible part of the pixels that the object has within the picture.</param>
    public IReadOnlyList<SyntheticObject> Visible(double leastVisible)
    {
        var size = _map.Width;
        var found = new (int Left, int Top, int Right, int Bottom, int Pixels)[_objects.Count + 1];
        Array.Fill(found, (int.MaxValue, int.MaxValue, -1, -1, 0));
        var pixels = _map.GetPixelSpan();
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                if (pixels[(y * _map.RowBytes) + x] is not None and var id)
                {
                    ref var box = ref found[id];
                    box = (Math.Min(box.Left, x), Math.Min(box.Top, y), Math.Max(box.Right, x), Math.Max(box.Bottom, y), box.Pixels + 1);
                }
            }
        }

        const int FewestPixels = 25;
        return [.. _objects.Select((item, i) => (item, box: found[i + 1]))
            .Where(entry => entry.box.Pixels >= FewestPixels && entry.box.Pixels >= leastVisible * entry.item.Pixels)
            .Select(entry => new SyntheticObject(
                entry.item.Class,
                entry.box.Left,
                entry.box.Top,
                entry.box.Right - entry.box.Left + 1,
                entry.box.Bottom - entry.box.Top + 1,
                entry.box.Pixels))];
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _map.Dispose();
    }
}
