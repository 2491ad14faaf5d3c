using System.Text;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Tests;

/// <summary>Whatever the bytes, a parser ends with a result or with its own error.</summary>
[Trait("Category", "Slow")]
public sealed class ParserFuzzTests
{
    private const string Truth = """
        {"info":{"x":[1,{"y":null}]},"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9},{"id":2}],
         "annotations":[{"id":5,"image_id":1,"category_id":1,"bbox":[1,2.5,3e1,4],"area":4,"iscrowd":0,"segmentation":[[1,2,3]]}],
         "categories":[{"id":1,"name":"caf\u00e9"}]}
        """;

    private const string Results =
        """[{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":0.5},{"image_id":2,"category_id":1,"bbox":[0,0,1,1],"score":1}]""";

    [Fact]
    public void DamagedAnnotations_NeverCrashTheReader() => Fuzz(Truth, path => CocoDataset.Read(path, ""));

    [Fact]
    public void DamagedDetections_NeverCrashTheReader() => Fuzz(Results, path => DetectionFile.Read(path));

    private static void Fuzz(string valid, Action<string> read)
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("file.json");
        var random = new Random(1);
        var (accepted, refused) = (0, 0);
        for (var trial = 0; trial < 4000; trial++)
        {
            File.WriteAllBytes(path, Damage(Encoding.UTF8.GetBytes(valid), random));
            try
            {
                read(path);
                accepted++;
            }
            catch (CocoException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused");
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var change = random.Next(1, 4); change > 0 && damaged.Count > 0; change--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 30), damaged.Count - at));
                    break;
                case 2:
                    damaged.Insert(at, (byte)"[]{},:\"0-.eN\\"[random.Next(13)]);
                    break;
                case 3:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                default:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(20, damaged.Count - at)));
                    break;
            }
        }

        return [.. damaged];
    }
}
