using System.Globalization;
using System.Security.Cryptography;
using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images.Pixels;

/// <summary>
/// SHA-256 of what the library computed that the published figures were measured with, on generated pixels: the kernels give its bits.
/// A line has the operation, the seed, the size, the arguments and the digest of the result.
/// </summary>
public sealed class GoldenKernelTests
{
    public static TheoryData<string> Lines =>
        [.. File.ReadLines(Path.Combine(TestData.RepositoryRoot, "tests", "Coco.Tests", "Images", "Golden", "kernels.txt"))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Kernel_OnRecordedInput_GivesTheRecordedBits(string line)
    {
        var fields = line.Split(' ');
        using var result = Compute(fields[0], [.. fields[1..^1].Select(field => double.Parse(field, CultureInfo.InvariantCulture))]);
        Assert.Equal(fields[^1], Convert.ToHexStringLower(SHA256.HashData(TestPixels.Colours(result))));
    }

    private static PixelBuffer Compute(string operation, double[] arguments)
    {
        var image = operation.StartsWith("all", StringComparison.Ordinal)
            ? AllColours()
            : TestPixels.Random((ulong)arguments[0], (int)arguments[1], (int)arguments[2]);
        switch (operation)
        {
            case "linear":
                return Resampler.Resize(image, (int)arguments[3], (int)arguments[4], Interpolation.Linear);
            case "area":
                return Resampler.Resize(image, (int)arguments[3], (int)arguments[4], Interpolation.Area);
            case "warp":
                var map = new AffineMap(arguments[5], arguments[6], arguments[7], arguments[8], arguments[9], arguments[10]);
                return AffineWarp.Apply(image, map, (int)arguments[3], (int)arguments[4], border: 114);
            case "to-hsv" or "all-to-hsv":
                HsvColors.FromBgr(image.Pixels);
                return image;
            case "from-hsv" or "all-from-hsv":
                HsvColors.ToBgr(image.Pixels);
                return image;
            case "jitter":
                ColorJitter.Apply(image, hue: arguments[3], saturation: arguments[4], value: arguments[5]);
                return image;
            case "blend":
                using (var other = TestPixels.Random((ulong)arguments[0] + 1, image.Width, image.Height))
                {
                    Blend.Into(image.Bytes, other.Bytes, arguments[3]);
                }

                return image;
            default:
                throw new InvalidOperationException($"no operation '{operation}'");
        }
    }

    private static PixelBuffer AllColours()
    {
        var image = new PixelBuffer(4096, 4096);
        for (var index = 0; index < image.Pixels.Length; index++)
        {
            image.Pixels[index] = (uint)index;
        }

        return image;
    }
}
