using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Tests.Native;

public class NativeLibraryCacheTests
{
    [Fact]
    public void GetOrAdd_Library_IsMadeOnceAndFollowsTheContent()
    {
        using var scratch = new ScratchFolder();
        var original = scratch.PathOf("lib.so");
        var cache = new NativeLibraryCache(scratch.PathOf("cache"));
        File.WriteAllBytes(original, [1, 2, 3]);
        var calls = 0;
        byte[] Adapt(byte[] content)
        {
            calls++;
            return [.. content, 9];
        }

        var first = cache.GetOrAdd(original, "a", Adapt);
        Assert.Equal(first, cache.GetOrAdd(original, "a", Adapt));
        Assert.Equal([1, 2, 3, 9], File.ReadAllBytes(first));
        Assert.Equal(1, calls);
        File.WriteAllBytes(original, [4]);
        Assert.Equal([4, 9], File.ReadAllBytes(cache.GetOrAdd(original, "a", Adapt)));
    }

    [Fact]
    public async Task GetOrAdd_ManyAtOnce_SeeWholeFilesOnly()
    {
        using var scratch = new ScratchFolder();
        var original = scratch.PathOf("lib.so");
        var content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(original, content);
        var cache = new NativeLibraryCache(scratch.PathOf("cache"));
        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => File.ReadAllBytes(cache.GetOrAdd(original, "a", bytes => bytes)), TestContext.Current.CancellationToken)));
        Assert.All(copies, copy => Assert.Equal(content, copy));
        Assert.Single(Directory.GetFiles(Directory.GetDirectories(scratch.PathOf("cache")).Single()));
    }
}
