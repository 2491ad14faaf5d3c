using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

public sealed class CocoDatasetTests
{
    [Fact]
    public void Categories_GetContiguousIndicesById()
    {
        var dataset = CocoTestFiles.Read("""
            {"categories":[{"id":90,"name":"toothbrush"},{"id":1,"name":"person"},{"id":13,"name":"stop sign"}],
             "images":[{"id":7,"file_name":"a.jpg","width":20,"height":10,"license":{"x":[1,2]}}],
             "annotations":[{"id":1,"image_id":7,"category_id":13,"bbox":[1,2,3.5,4],"area":9.25,"iscrowd":1,
                             "segmentation":{"counts":"abc","size":[10,20]}}]}
            """);

        Assert.Equal(["person", "stop sign", "toothbrush"], dataset.Categories.Select(category => category.Name));
        Assert.Equal([0, 1, 2, -1], new long[] { 1, 13, 90, 2 }.Select(dataset.CategoryIndexOf));
        Assert.Equal([new CocoImage(7, "a.jpg", 20, 10)], dataset.Images);
        Assert.Equal([new CocoAnnotation(1, 7, 13, new CocoBox(1, 2, 3.5, 4), 9.25, IsCrowd: true)], dataset.AnnotationsOf(0));
    }

    [Fact]
    public void ClassIdsOfCoco_HaveTheKnownGaps()
    {
        Assert.Equal(80, CocoClasses.All.Count);
        Assert.Equal(
            [1, 11, 13, 27, 31, 46, 67, 70, 72, 84, 90],
            new[] { 0, 10, 11, 24, 26, 40, 60, 61, 62, 73, 79 }.Select(i => CocoClasses.All[i].Id));
    }

    [Fact]
    public void RealSets_AreReadWhole()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var dataset = CocoTestFiles.Validation();

        Assert.Equal((103, 868, 80), (dataset.Images.Count, dataset.Annotations.Count, dataset.Categories.Count));
        Assert.Equal(CocoClasses.All, dataset.Categories);
        Assert.All(dataset.Images, image => Assert.True(File.Exists(dataset.PathOf(image))));
    }

    [Fact]
    public void LabelFolders_AgreeWithTheJsonOfTheSameImages()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var folder = TestData.PathOf("coco128", "images", "train2017");
        var json = CocoDataset.Read(TestData.PathOf("coco128", "annotations", "instances_train2017_coco128.json"), folder);
        var labels = CocoDataset.ReadYolo(folder);

        Assert.Equal(json.Images.OrderBy(image => image.Id), labels.Images.OrderBy(image => image.Id));
        Assert.Equal(929, labels.Annotations.Count);
        foreach (var image in labels.Images)
        {
            var expected = json.AnnotationsOf(json.ImageIndexOf(image.Id)).Where(annotation => !annotation.IsCrowd).ToList();
            var found = labels.AnnotationsOf(labels.ImageIndexOf(image.Id));
            Assert.Equal(expected.Count, found.Count);
            Assert.All(found, box => Assert.Contains(expected, other => other.CategoryId == box.CategoryId
                && Math.Abs(other.Box.X - box.Box.X) < 0.01 && Math.Abs(other.Box.Y - box.Box.Y) < 0.01
                && Math.Abs(other.Box.Width - box.Box.Width) < 0.01 && Math.Abs(other.Box.Height - box.Box.Height) < 0.01));
        }
    }
}
