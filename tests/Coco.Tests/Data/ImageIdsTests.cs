using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

public sealed class ImageIdsTests
{
    [Theory]
    [InlineData("2.jpg a.jpg b.jpg", "", "2 3 4")]
    [InlineData("000000000012.png b.jpg", "", "12 2")]
    [InlineData("train/1.jpg train/2.jpg val/1.jpg val/2.jpg", "", "1 2 3 4")]
    [InlineData("a/7.jpg b/7.png c/5.jpg", "", "1 2 5")]
    [InlineData("07.jpg 7.jpg", "", "1 2")]
    [InlineData("0.jpg a.jpg", "", "0 2")]
    [InlineData("1.jpg 9.jpg a.jpg", "1 3", "2 9 4")]
    [InlineData("9223372036854775807.jpg 99999999999999999999.jpg", "", "9223372036854775807 2")]
    public void Of_KeepsStemsThatDoNotClash_AndNumbersTheOthers(string paths, string taken, string expected)
    {
        static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var ids = ImageIds.Of(Words(paths), Words(taken).Select(long.Parse).ToHashSet());

        Assert.Equal(Words(expected).Select(long.Parse), ids);
    }
}
