using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Tests.Images;

/// <summary>Files that are not, or not wholly, what their name says.</summary>
public sealed class DamagedImageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("baseline.jpg", "the file ends in the middle of the image")]
    [InlineData("colour.png", "the file ends in the middle of the image")]
    [InlineData("palette.gif", "the file ends in the middle of the image")]
    [InlineData("colour.bmp", "the file ends in the middle of the image")]
    [InlineData("lossy.webp", "the image is damaged or incomplete")]
    [InlineData("lossless.webp", "the image is damaged or incomplete")]
    [InlineData("progressive.jpg", "the image is damaged or incomplete")]
    public void Decode_CutFile_IsRefused(string file, string reason)
    {
        var content = ImageFixtures.Read(file);
        Assert.Contains(reason, ErrorOf(content[..(content.Length * 3 / 4)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_EveryCutOfAJpeg_IsRefused()
    {
        var content = ImageFixtures.Read("baseline.jpg");
        for (var length = 1; length < content.Length; length += 7)
        {
            Assert.StartsWith(_folder.FullName, ErrorOf(content[..length]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_DataBehindTheImage_IsIgnored()
    {
        // A motion photo: a video behind the picture, in which bytes like a start of scan occur.
        byte[] video = [0, 0, 0, 24, .. "ftypmp42"u8, 0xFF, 0xDA, 0, 12, 0xFF, 0xDA, 1, 2, 3];
        File.WriteAllBytes(_folder.PathOf("motion.jpg"), [.. ImageFixtures.Read("baseline.jpg"), .. video]);
        using var expected = ImageDecoder.Decode(ImageFixtures.PathOf("baseline.jpg"));

        using var image = ImageDecoder.Decode(_folder.PathOf("motion.jpg"));

        Assert.Equal(expected.Pixels, image.Pixels);
    }

    [Fact]
    public void Decode_MotionPhotoOfACamera_IsRead()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var (width, height, _) = ImageDecoder.Probe(TestData.PathOf("field_cases", "jpeg-motion-photo", "pictures", "motion.jpg"));
        Assert.True(width > 0 && height > 0);
    }

    [Theory]
    [InlineData("not an image", "not a readable image.")]
    [InlineData("", "the file is empty.")]
    public void Decode_NotAnImage_IsRefused(string content, string reason) =>
        Assert.EndsWith($": {reason}", ErrorOf([.. content.Select(letter => (byte)letter)]), StringComparison.Ordinal);

    [Fact]
    public void Decode_Tiff_SaysWhatToDo()
    {
        var error = Assert.Throws<CocoException>(() => ImageDecoder.Decode(ImageFixtures.PathOf("colour.tif")));
        Assert.Contains("TIFF files are not supported; convert it to PNG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_HeaderOfAGiant_IsRefusedBeforeMemoryIsTaken()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<CocoException>(() => ImageDecoder.Decode(ImageFixtures.PathOf("giant.png")));

        Assert.Contains("claims 100000×100000 pixels; at most 64000000 pixels are accepted (Limits__Pixels)", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Throws<CocoException>(() => EncodedImage.ReadSize(ImageFixtures.PathOf("giant.png")));
    }

    [Fact]
    public void Decode_FolderInPlaceOfAFile_NamesIt() =>
        Assert.StartsWith(
            $"{_folder.FullName}: cannot be read",
            Assert.Throws<CocoException>(() => ImageDecoder.Decode(_folder.FullName)).Message,
            StringComparison.Ordinal);

    private string ErrorOf(byte[] content)
    {
        var path = _folder.PathOf("picture");
        File.WriteAllBytes(path, content);
        return Assert.Throws<CocoException>(() => ImageDecoder.Decode(path)).Message;
    }
}
