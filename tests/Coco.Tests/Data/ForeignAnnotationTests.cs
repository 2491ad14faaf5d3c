using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Tests.Data;

/// <summary>What label tools, converters and shortened files hold, taken as pycocotools takes it.</summary>
public sealed class ForeignAnnotationTests
{
    private const string Box = "\"bbox\":[1,2,3,4],\"area\":5";

    [Fact]
    public void Read_TextIds_GetNumbersInTheirOrder_AndDetectionsTheSame()
    {
        using var folder = new ScratchFolder();
        var (truthFile, file) = (folder.PathOf("gt.json"), folder.PathOf("dt.json"));
        File.WriteAllText(truthFile, $$"""
            {"annotations":[{"id":"x","image_id":"b","category_id":"cat",{{Box}}}],
             "images":[{"id":"b"},{"id":"a"},{"id":1}],"categories":[{"id":"cat","name":"cat"}]}
            """);
        File.WriteAllText(file, """[{"image_id":"b","category_id":"cat","bbox":[1,2,3,4],"score":0.5}]""");

        var truth = CocoDataset.Read(truthFile, "");
        var detections = DetectionFile.Read(file, truth);
        DetectionFile.Write(folder.PathOf("again.json"), detections, truth);

        Assert.Equal([3, 2, 1], truth.Images.Select(image => image.Id));
        Assert.Equal(new CocoAnnotation(5, 3, 4, new CocoBox(1, 2, 3, 4), 5, IsCrowd: false), Assert.Single(truth.Annotations));
        Assert.Equal(new Detection(3, 4, new CocoBox(1, 2, 3, 4), 0.5), Assert.Single(detections));
        Assert.Equal(File.ReadAllText(file), File.ReadAllText(folder.PathOf("again.json")));
    }

    [Fact]
    public void Read_DetectionOfAnUnknownTextId_IsRefused()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.PathOf("dt.json"), """[{"image_id":"z","category_id":1,"bbox":[1,2,3,4],"score":0.5}]""");

        var error = Assert.Throws<CocoException>(() => DetectionFile.Read(folder.PathOf("dt.json"), Read("", "", "")));

        Assert.Contains("detections[0]: field 'image_id' names nothing in the ground truth", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($$"""{"id":5,"image_id":2,"category_id":1,{{Box}}}""", 0, "1 annotations of images that are not listed, ignored")]
    [InlineData($$"""{"id":5,"image_id":1,"category_id":2,{{Box}}}""", 0, "1 annotations of categories that are not listed, ignored")]
    [InlineData($$"""{"id":5,"image_id":1,"category_id":1,{{Box}}},{"id":5,"image_id":1,"category_id":1,{{Box}}}""", 2, "counted again")]
    [InlineData("""{"id":5,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"area":null}""", 1, "1 annotations without an area")]
    public void Read_AnnotationsThatPycocotoolsTakes_AreTakenLikewise(string annotations, int kept, string remark)
    {
        var dataset = Read("""{"id":1}""", annotations, """{"id":1,"name":"a"}""");

        Assert.Equal(kept, dataset.Annotations.Count);
        Assert.Contains(remark, Assert.Single(dataset.Remarks).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RepeatedEntries_CountOnce()
    {
        var dataset = Read("""{"id":0},{"id":0,"file_name":null,"width":null}""", "", """{"id":0},{"id":0}""");

        Assert.Equal(new CocoImage(0, "", 0, 0), Assert.Single(dataset.Images));
        Assert.Equal(new CocoCategory(0, "category 0"), Assert.Single(dataset.Categories));
        Assert.Equal(3, dataset.Remarks.Count);
    }

    [Fact]
    public void Read_PolygonsOnly_TakesTheBoxAroundThem()
    {
        var dataset = Read(
            """{"id":1}""",
            """{"id":5,"image_id":1,"category_id":1,"segmentation":[[2,3,8,3,8,9],[1,4,2,4,2,5]]}""",
            """{"id":1,"name":"a"}""");

        Assert.Equal(new CocoAnnotation(5, 1, 1, new CocoBox(1, 3, 7, 6), 42, IsCrowd: false), Assert.Single(dataset.Annotations));
        Assert.Equal(2, dataset.Remarks.Count);
    }

    [Theory]
    [InlineData("NaN", 0)]
    [InlineData("Infinity", 0)]
    [InlineData("-Infinity", 0)]
    [InlineData("NaN", 65_500)]
    [InlineData("-Infinity", 65_480)]
    public void Read_ScoreThatIsNoNumber_IsNamed(string value, int spaceBefore)
    {
        using var folder = new ScratchFolder();
        for (var shift = 0; shift < (spaceBefore == 0 ? 1 : 80); shift++)
        {
            File.WriteAllText(
                folder.PathOf("dt.json"),
                $$"""[{{new string(' ', spaceBefore + shift)}}{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score": {{value}}}]""");

            var error = Assert.Throws<CocoException>(() => DetectionFile.Read(folder.PathOf("dt.json")));

            Assert.Contains(
                $"detections[0]: field 'score' is {value}, but must be a finite number", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void PathOf_WindowsSeparators_FindTheFile()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.PathOf("sub"));
        File.WriteAllText(folder.PathOf("odd\\name.png"), "");

        Assert.Equal(folder.PathOf("sub", "a.png"), CocoDataset.FileIn(folder.FullName, "sub\\a.png", "image 1"));
        Assert.Equal(folder.PathOf("odd\\name.png"), CocoDataset.FileIn(folder.FullName, "odd\\name.png", "image 1"));
        Assert.Throws<CocoException>(() => CocoDataset.FileIn(folder.FullName, "..\\a.png", "image 1"));
        Assert.Throws<CocoException>(() => CocoDataset.FileIn(folder.FullName, "\\etc\\shadow", "image 1"));
    }

    private static CocoDataset Read(string images, string annotations, string categories) =>
        CocoTestFiles.Read($$"""{"images":[{{images}}],"annotations":[{{annotations}}],"categories":[{{categories}}]}""");
}
