using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;
using SkiaSharp;

namespace QatPipeline.Synthetic.Tests;

public class SyntheticDetectionDatasetTests
{
    private static readonly SyntheticOptions Small = new() { Images = 12, Size = 160, Seed = 3 };

    [Fact]
    public void SameOptions_GiveTheSameBytesInAnyOrder()
    {
        var (first, second) = (new SyntheticDetectionDataset(Small), new SyntheticDetectionDataset(Small));
        var backwards = Enumerable.Range(0, 6).Reverse().Select(second.Draw).Reverse().ToList();
        for (var index = 0; index < 6; index++)
        {
            var image = first.Draw(index);
            Assert.Equal(image.Jpeg, backwards[index].Jpeg);
            Assert.Equal(image.Objects, backwards[index].Objects);
        }

        Assert.NotEqual(first.Draw(0).Jpeg, first.Draw(1).Jpeg);
        Assert.NotEqual(first.Draw(0).Jpeg, new SyntheticDetectionDataset(Small with { Seed = 4 }).Draw(0).Jpeg);
    }

    [Fact]
    public void Write_AnyOptions_GivesACocoDataSetOfReadablePictures()
    {
        using var scratch = new ScratchFolder();
        new SyntheticDetectionDataset(Small).Write(scratch.FullName, cancellationToken: TestContext.Current.CancellationToken);
        var images = scratch.PathOf(SyntheticDetectionDataset.ImageFolder);
        var dataset = CocoDataset.Read(scratch.PathOf(SyntheticDetectionDataset.AnnotationFile), images);
        Assert.Equal(12, dataset.Images.Count);
        Assert.Equal(SyntheticDetectionDataset.ClassNames, dataset.Categories.Select(category => category.Name));
        Assert.InRange(dataset.Annotations.Count, 24, 12 * 9);
        Assert.All(
            dataset.Annotations,
            item => Assert.True(item.Box is { X: >= 0, Y: >= 0 } box && box.X + box.Width <= 160 && box.Y + box.Height <= 160));
        var pixels = new byte[3 * 160 * 160];
        Assert.All(
            dataset.FilesIn(images), file => Letterbox.Read(file, EvaluationProtocol.E2(160), (160, 160), pixels));
    }

    [Fact]
    public void Objects_VaryInSizeClassAndVisibility()
    {
        var dataset = new SyntheticDetectionDataset(Small with { Size = 320 });
        var objects = Enumerable.Range(0, 30).SelectMany(index => dataset.Draw(index).Objects).ToList();
        Assert.Equal(SyntheticDetectionDataset.ClassNames.Count, objects.Select(item => item.Class).Distinct().Count());
        var sides = objects.Select(item => Math.Max(item.Width, item.Height)).Order().ToList();
        Assert.True(sides[^1] > 6 * sides[sides.Count / 10], $"{sides[sides.Count / 10]} … {sides[^1]}");
        Assert.Contains(objects, item => item.Area < 32 * 32);
        Assert.Contains(objects, item => item.Area > 96 * 96);
    }

    [Fact]
    public void Objects_HiddenWhollyOrHalf_AreLeftOutOrHaveTheBoundsOfWhatIsVisible()
    {
        using var map = new VisibilityMap(100);
        map.Add(0, Rectangle(10, 10, 30, 30));
        map.Add(1, Rectangle(50, 50, 90, 90));
        map.Add(2, Rectangle(5, 5, 35, 35));
        map.Add(3, Rectangle(70, 40, 100, 100));
        var visible = map.Visible(0.3);
        Assert.Equal(
            [
                new SyntheticObject(1, 50, 50, 20, 40, 800),
                new SyntheticObject(2, 5, 5, 30, 30, 900),
                new SyntheticObject(3, 70, 40, 30, 60, 1800),
            ],
            visible);
    }

    [Fact]
    public void Classes_HaveColoursOfTheirOwnOnlyWhereHintsAreAskedFor()
    {
        var classes = SyntheticDetectionDataset.ClassNames.Count;
        var hues = Enumerable.Range(0, classes).Select(shape => Hues(random => Palette.OfClass(shape, classes, random))).ToList();
        Assert.All(hues.Zip(hues.Skip(1)), pair => Assert.True(pair.Second.Min() > pair.First.Where(hue => hue < 350).Max()));
        Assert.True(Hues(Palette.Any).Max() - Hues(Palette.Any).Min() > 300);
        Assert.NotEqual(
            new SyntheticDetectionDataset(Small).Draw(0).Jpeg, new SyntheticDetectionDataset(Small with { ColorHint = 1 }).Draw(0).Jpeg);

        static List<float> Hues(Func<Random, SKColor> draw)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, 50).Select(_ => draw(random).Hue)];
        }
    }

    [Fact]
    public void EveryOutline_FillsItsUnitCircleAndNoneLeavesIt()
    {
        for (var shape = 0; shape < SyntheticDetectionDataset.ClassNames.Count; shape++)
        {
            using var outline = ShapeCatalog.Outline(shape);
            var bounds = outline.TightBounds;
            Assert.InRange(Math.Max(bounds.Width, bounds.Height), 1.4f, 2.001f);
            Assert.All(outline.Points, point => Assert.InRange(point.Length, 0, 1.5f));
        }
    }

    [Theory]
    [InlineData(0, 320)]
    [InlineData(5, 32)]
    public void BadOption_IsRefused(int images, int size) =>
        Assert.Throws<ArgumentException>(() => new SyntheticDetectionDataset(new SyntheticOptions { Images = images, Size = size }));

    private static SKPath Rectangle(float left, float top, float right, float bottom)
    {
        var path = new SKPath();
        path.AddRect(new SKRect(left, top, right, bottom));
        return path;
    }
}
