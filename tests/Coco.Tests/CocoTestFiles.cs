using System.Text;
using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests;

internal static class CocoTestFiles
{
    /// <summary>Reads annotations written out in a test, from a file "gt.json".</summary>
    public static CocoDataset Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static CocoDataset Read(byte[] json)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.PathOf("gt.json"), json);
        return CocoDataset.Read(folder.PathOf("gt.json"), folder.FullName);
    }

    /// <summary>The 103 images of val2017.</summary>
    public static CocoDataset Validation() => CocoDataset.Read(
        TestData.PathOf("coco_val2017_103", "annotations", "instances_val2017_103.json"),
        Directory.EnumerateDirectories(TestData.PathOf("coco_val2017_103", "images")).First());
}
