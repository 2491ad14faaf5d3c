namespace QatPipeline.Foundation.Tests;

public sealed class DigestsTests
{
    // FIPS 180-2, appendix B.1.
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public async Task Of_BytesAndFile_AreTheStandardsDigest()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.PathOf("abc"), "abc", TestContext.Current.CancellationToken);

        Assert.Equal(Abc, Digests.Of("abc"u8));
        Assert.Equal(Abc, await Digests.OfFileAsync(folder.PathOf("abc"), TestContext.Current.CancellationToken));
    }
}
