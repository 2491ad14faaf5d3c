using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Tests.Images.Pixels;

/// <summary>The paths for processors without the vector instructions, which also finish each row, against the vectorised ones.</summary>
public sealed class ScalarPathTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    public void LinearResize_Row_EqualsItsScalarPath(int width)
    {
        using var image = TestPixels.Random(6, 21, 1);
        var taps = LinearTaps.Columns(21, width);
        var (words, expectedWords) = (new short[4 * width], new short[4 * width]);
        var (bytes, expectedBytes) = (new byte[4 * width], new byte[4 * width]);
        var weights = 700 | (1348 << 16);

        LinearResize.ResizeRow(image.PaddedRow(0), taps, words);
        LinearResize.ResizeRowScalar(image.PaddedRow(0), taps, expectedWords, start: 0);
        LinearResize.BlendRows(words, words.Reverse().ToArray(), weights, bytes);
        LinearResize.BlendRowsScalar(words, words.Reverse().ToArray(), weights, expectedBytes, start: 0);

        Assert.Equal(expectedWords, words);
        Assert.Equal(expectedBytes, bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(29)]
    public void AreaResize_Row_EqualsItsScalarPath(int width)
    {
        using var image = TestPixels.Random(7, 30, 1);
        var taps = AreaTaps.Of(30, width);
        var (row, expectedRow) = (new float[4 * width], new float[4 * width]);
        var (sums, expectedSums) = (new float[4 * width], new float[4 * width]);
        var (bytes, expectedBytes) = (new byte[4 * width], new byte[4 * width]);

        AreaResize.SumRow(image.Bytes, taps, row);
        AreaResize.SumRowScalar(image.Bytes, taps, expectedRow);
        AreaResize.AddRow(row, 0.7f, sums);
        AreaResize.AddRowScalar(row, 0.7f, expectedSums, start: 0);
        AreaResize.Round(sums, bytes);
        AreaResize.RoundScalar(sums, expectedBytes, start: 0);

        Assert.Equal(expectedRow, row);
        Assert.Equal(expectedSums, sums);
        Assert.Equal(expectedBytes, bytes);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    public void BlockMean_Row_EqualsItsScalarPath(int blockWidth, int blockHeight)
    {
        using var image = TestPixels.Random(8, 9 * blockWidth, blockHeight);
        var (bytes, expected) = (new byte[4 * 9], new byte[4 * 9]);

        BlockMean.WriteRow(image.Bytes, image.Width, (blockWidth, blockHeight), bytes);
        BlockMean.WriteRowScalar(image.Bytes, image.Width, (blockWidth, blockHeight), expected);

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void AffineWarp_Mix_EqualsItsScalarPath()
    {
        var random = new SplitMix64(9);
        for (var position = 0; position < 32 * 32; position++)
        {
            var (upper, lower) = (random.Next(), random.Next());
            var (right, down) = (position % 32, position / 32);
            Assert.Equal(AffineWarp.MixScalar(upper, lower, right, down), AffineWarp.Mix(upper, lower, right, down));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1003)]
    public void HsvColors_BothWays_EqualTheirScalarPaths(int width)
    {
        using var image = TestPixels.Random(10, width, 1);
        using var expected = TestPixels.Random(10, width, 1);

        HsvColors.FromBgr(image.Pixels);
        HsvColors.FromBgrScalar(expected.Pixels);
        Assert.Equal(expected.Bytes, image.Bytes);

        HsvColors.ToBgr(image.Pixels);
        HsvColors.ToBgrScalar(expected.Pixels);
        Assert.Equal(expected.Bytes, image.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(37)]
    public void Blend_Into_EqualsItsScalarPath(int width)
    {
        using var other = TestPixels.Random(11, width, 1);
        using var image = TestPixels.Random(12, width, 1);
        using var expected = TestPixels.Random(12, width, 1);

        Blend.Into(image.Bytes, other.Bytes, 0.4371);
        Blend.IntoScalar(expected.Bytes, other.Bytes, 0.4371);

        Assert.Equal(expected.Bytes, image.Bytes);
    }
}
