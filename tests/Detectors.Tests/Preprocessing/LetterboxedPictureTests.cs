using System.Security.Cryptography;
using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests.Preprocessing;

/// <summary>
/// Letterboxed COCO pictures against digests recorded with the library that the published figures were measured with:
/// E2 and E3 at 640, E2 at 320, as bytes, in this order.
/// </summary>
public sealed class LetterboxedPictureTests
{
    private static readonly EvaluationProtocol[] Protocols =
        [EvaluationProtocol.E2(640), EvaluationProtocol.E3(640), EvaluationProtocol.E2(320)];

    [Fact]
    public void Read_CocoPictures_GivesTheRecordedBits()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var golden = Path.Combine(TestData.RepositoryRoot, "tests", "Detectors.Tests", "Golden", "letterboxed-val2017.txt");
        foreach (var line in File.ReadLines(golden).Select(line => line.Split(' ')))
        {
            var path = TestData.PathOf("coco_val2017_103", "images", "val2017", line[0]);
            Assert.Equal((line[0], line[1]), (line[0], DigestOf(path)));
        }
    }

    private static string DigestOf(string path)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var protocol in Protocols)
        {
            var pixels = new byte[3 * protocol.InputSize * protocol.InputSize];
            Letterbox.Read(new CocoImage(0, path, 0, 0), protocol, (protocol.InputSize, protocol.InputSize), pixels);
            digest.AppendData(pixels);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset())[..32];
    }
}
