namespace QatPipeline.Cli.Tests;

/// <summary>A data set of one image with one object, and detections on it.</summary>
internal static class CocoEvalFiles
{
    private const string Truth = """
        {"images":[{"id":1,"file_name":"a.jpg","width":100,"height":100}],
         "categories":[{"id":1,"name":"thing"}],
         "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0}]}
        """;

    /// <summary>Writes <c>gt.json</c> and <c>dt.json</c>.</summary>
    public static async Task WriteAsync(ScratchFolder folder, string detections)
    {
        await File.WriteAllTextAsync(folder.PathOf("gt.json"), Truth, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.PathOf("dt.json"), detections, TestContext.Current.CancellationToken);
    }
}
