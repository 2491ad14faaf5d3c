using System.IO.Compression;
using System.Text;
using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

/// <summary>Every malformed file ends in one error that names the file and the place.</summary>
public sealed class MalformedAnnotationTests
{
    private const string Images = """ "images":[{"id":1,"file_name":"a.jpg","width":9,"height":9}] """;
    private const string Categories = """ "categories":[{"id":1,"name":"a"}] """;

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("{}", "field 'images' is missing")]
    [InlineData("""{"images":3}""", "images: expected an array")]
    [InlineData("""{"images":[7]}""", "images[0]: expected an object")]
    [InlineData("""{"images":[{"id":1},{"file_name":"b"}]}""", "images[1]: field 'id' is missing")]
    [InlineData("""{"images":[{"id":true}]}""", "images[0]: field 'id' must be an integer")]
    [InlineData("""{"images":[{"id":null}]}""", "images[0]: field 'id' is missing")]
    [InlineData("""{"images":[{"id":1.5}]}""", "images[0]: field 'id' must be an integer")]
    [InlineData("""{"images":[{"id":1,"width":-4}]}""", "images[0] (id 1): field 'width' must be 0 or more")]
    [InlineData("""{"images":[{"id":1}""", "images[1]: not valid JSON")]
    [InlineData("""{"images":[{"id":1,"file_name":"\ud800"}]}""", "images[0] (id 1): a string that is not valid UTF-8")]
    public void DocumentErrors_NameThePlace(string json, string expected) => AssertFails(json, expected);

    [Theory]
    [InlineData(
        """ "image_id":1,"category_id":1,"area":4 """, "annotations[0] (id 5): field 'bbox' is missing, and there is no polygon")]
    [InlineData(
        """ "image_id":1,"category_id":1,"bbox":[],"segmentation":{"counts":"a"} """, "annotations[0] (id 5): field 'bbox' is missing")]
    [InlineData(
        """ "image_id":1,"category_id":1,"segmentation":[[1,"a"]] """, "annotations[0] (id 5): field 'segmentation' must be a finite number")]
    [InlineData(""" "category_id":1,"bbox":[1,2,3,4],"area":4 """, "annotations[0] (id 5): field 'image_id' is missing")]
    [InlineData(""" "image_id":1,"bbox":[1,2,3,4],"area":4 """, "annotations[0] (id 5): field 'category_id' is missing")]
    [InlineData(""" "image_id":1,"category_id":1,"bbox":[1,2,3],"area":4 """, "annotations[0] (id 5): field 'bbox' must have four numbers")]
    [InlineData(""" "image_id":1,"category_id":1,"bbox":[1,2,3,4,5],"area":4 """, "annotations[0] (id 5): expected four numbers")]
    [InlineData(
        """ "image_id":1,"category_id":1,"bbox":[1,NaN,3,4],"area":4 """, "annotations[0] (id 5): field 'bbox' is NaN, but must be a finite")]
    [InlineData(
        """ "image_id":1,"category_id":1,"bbox":[1,2,3,4],"area":-Infinity """, "annotations[0] (id 5): field 'area' is -Infinity")]
    [InlineData(""" "image_id":1,"category_id":1,"bbox":[1,1e999,3,4],"area":4 """, "annotations[0] (id 5): field 'bbox' must be a finite")]
    [InlineData(""" "image_id":1,"category_id":1,"bbox":null,"area":4 """, "annotations[0] (id 5): field 'bbox' is missing")]
    public void Annotation_errors_name_the_annotation(string fields, string expected) =>
        AssertFails($$"""{ {{Images}}, {{Categories}}, "annotations":[{"id":5,{{fields}}}]}""", expected);

    [Theory]
    [InlineData("images", """{"id":1},{"id":2},{"id":1,"width":9}""")]
    [InlineData("categories", """{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":1,"name":"c"}""")]
    public void DuplicateIds_NameBothPlaces(string section, string items)
    {
        var other = section == "images" ? Categories : Images;
        AssertFails(
            $$"""{ {{other}}, "{{section}}":[{{items}}], "annotations":[]}""", $"{section}[2]: id 1 is already used by {section}[0]");
    }

    [Fact]
    public void Read_TruncatedGzip_IsAnError()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes($$"""{ {{Images}}, {{Categories}}, "annotations":[]}"""));
        }

        var error = Assert.Throws<CocoException>(() => CocoTestFiles.Read(packed.ToArray()[..^20]));
        Assert.Contains("gt.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsAnError()
    {
        var error = Assert.Throws<CocoException>(() => CocoDataset.Read("nowhere/gt.json", "images"));
        Assert.Contains("nowhere/gt.json: cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EndlessString_IsRefusedInBoundedMemory()
    {
        var json = new byte[20 << 20];
        Array.Fill(json, (byte)'x');
        "{\"images\":\""u8.CopyTo(json);
        Assert.Contains(
            "a string or number longer", Assert.Throws<CocoException>(() => CocoTestFiles.Read(json)).Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string json, string expected)
    {
        var error = Assert.Throws<CocoException>(() => CocoTestFiles.Read(json));
        Assert.Contains("gt.json: " + expected, error.Message, StringComparison.Ordinal);
    }
}
