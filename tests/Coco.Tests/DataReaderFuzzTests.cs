using System.Text;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Tests.Images;

namespace QatPipeline.Coco.Tests;

/// <summary>Whatever the bytes, a reader of data ends with a result or with its own error, in bounded memory.</summary>
public sealed class DataReaderFuzzTests : IDisposable
{
    private const long MostMemory = 64 << 20;

    private static readonly byte[] Truth = """
        {"info":{"x":[1,{"y":null}]},"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9},{"id":"b","width":null},{"id":1}],
         "annotations":[{"id":5,"image_id":1,"category_id":1,"bbox":[1,2.5,3e1,4],"area":4,"iscrowd":0,"segmentation":[[1,2,3]]},
          {"id":"c","image_id":"b","category_id":1,"segmentation":[[1,2,3,4,5,6]]}],
         "categories":[{"id":1,"name":"caf\u00e9"}]}
        """u8.ToArray();

    private static readonly byte[] Results =
        """[{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":0.5},{"image_id":2,"category_id":1,"bbox":[0,0,1,1],"score":1}]"""u8
            .ToArray();

    private static readonly byte[] Description = """
        # a data set
        path: ../set
        train: images
        val: [images, list.txt]
        nc: 2
        names: {0: nut, 1: 'bolt'}
        kpt_shape: [2, 3]
        more: &a {deep: [1, [2]]}
        """u8.ToArray();

    private static readonly byte[] Labels =
        "0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.9 0.1 0.9 1.000001\r\n1 0.5 0.5 0.5 0.5 0.75\n\n0 0.5 0.5 1e-3 0.25\n"u8.ToArray();

    private static readonly byte[] Voc = """
        <?xml version="1.0"?>
        <annotation><filename>a.png</filename><size><width>20</width><height>20</height><depth>3</depth></size>
        <object><name>nut</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object>
        <object><name>b&lt;</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>25</xmax><ymax>20</ymax></bndbox></object></annotation>
        """u8.ToArray();

    /// <summary>What somebody would try.</summary>
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "NaN", "-Infinity", "null", "1e999", "-1", "0", "9223372036854775807", "1.0000001", "\"", "\\u0000", "..", "/", "\\",
            "&a;", "*a", "&a ", "<!DOCTYPE x>", "<![CDATA[", "-->", "[", "]", "{", "}", ":", ", ", "\n", "\t", "\0", "---\n", "|\n",
            "!!python/object ", "\uFEFF", "é",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly ScratchFolder _folder = new();

    public DataReaderFuzzTests()
    {
        foreach (var folder in new[] { "images", "labels", "JPEGImages", "Annotations" })
        {
            Directory.CreateDirectory(_folder.PathOf(folder));
        }

        TestImages.Write(_folder.PathOf("images", "a.png"), 20, 20);
        TestImages.Write(_folder.PathOf("JPEGImages", "a.png"), 20, 20);
        File.WriteAllText(_folder.PathOf("labels", "a.txt"), "0 0.5 0.5 0.25 0.25");
        File.WriteAllText(_folder.PathOf("list.txt"), "images/a.png");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("annotations", 1000)]
    [InlineData("detections", 1000)]
    [InlineData("description", 1000)]
    [InlineData("labels", 1000)]
    [InlineData("voc", 1000)]
    [InlineData("jpeg", 200)]
    [InlineData("png", 200)]
    public void DamagedInput_IsReadOrRefused(string kind, int inputs) => Fuzz(kind, inputs, seed: 1);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("annotations", 250_000)]
    [InlineData("detections", 200_000)]
    [InlineData("description", 175_000)]
    [InlineData("labels", 175_000)]
    [InlineData("voc", 175_000)]
    [InlineData("jpeg", 15_000)]
    [InlineData("png", 10_000)]
    public void DamagedInput_AMillionOfThem_IsReadOrRefused(string kind, int inputs) => Fuzz(kind, inputs, seed: 2);

    private (byte[] Valid, string File, Action<string> Read) Of(string kind) => kind switch
    {
        "annotations" => (Truth, "gt.json", path => CocoDataset.Read(path, "")),
        "detections" => (Results, "dt.json", path => DetectionFile.Read(path)),
        "description" => (Description, "data.yaml", path => CocoDataset.ReadYolo(path, new LabelFolderOptions { Subset = DataSubset.Val })),
        "labels" => (Labels, "labels/a.txt", _ => CocoDataset.ReadYolo(_folder.PathOf("images"))),
        "voc" => (Voc, "Annotations/a.xml", _ => CocoDataset.ReadVoc(_folder.FullName)),
        "jpeg" => (ImageFixtures.Read("baseline.jpg"), "picture", path => ImageDecoder.Probe(path)),
        "png" => (ImageFixtures.Read("colour.png"), "picture", path => ImageDecoder.Probe(path)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private void Fuzz(string kind, int inputs, int seed)
    {
        var (valid, file, read) = Of(kind);
        var path = _folder.PathOf(file);
        var random = new Random(seed);
        var (accepted, refused) = (0, 0);
        for (var input = 0; input < inputs; input++)
        {
            var damaged = Damage(valid, random);
            File.WriteAllBytes(path, damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(path);
                accepted++;
            }
            catch (CocoException error)
            {
                Assert.StartsWith(_folder.FullName, error.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"input {input} of {kind}, seed {seed}: {Convert.ToBase64String(damaged)}\n{error}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
        }

        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused");
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var change = random.Next(1, 4); change > 0 && damaged.Count > 0; change--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(6))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 30), damaged.Count - at));
                    break;
                case 2:
                    damaged.Insert(at, (byte)"[]{},:\"0-.eN\\<>&\n "[random.Next(18)]);
                    break;
                case 3:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                case 4:
                    damaged.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                default:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(20, damaged.Count - at)));
                    break;
            }
        }

        return [.. damaged];
    }
}
