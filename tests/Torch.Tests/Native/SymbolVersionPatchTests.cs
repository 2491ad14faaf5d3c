using QatPipeline.Foundation.Natives;
using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Tests.Native;

public class SymbolVersionPatchTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";

    private static readonly byte[] Library = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));

    [Fact]
    public void Apply_OneVersion_IsNoLongerRequiredAndAllOthersAre()
    {
        var before = Required(new ElfImage(Library, "original")).ToList();
        var after = Required(new ElfImage(SymbolVersionPatch.Apply(Library, "library", Version, Symbol), "copy")).ToList();
        Assert.Contains(("libstdc++.so.6", Version), before);
        Assert.Equal(before.Where(need => need.Version != Version), after);
    }

    [Fact]
    public void Apply_VersionThatOtherSymbolsNeed_Stays()
    {
        var required = Required(new ElfImage(Library, "original"));
        var runtime = required.Where(need => need.File == "libstdc++.so.6").Select(need => need.Version).ToList();
        foreach (var version in new[] { runtime[0], runtime[^1] })
        {
            var error = Assert.Throws<NativeLibraryException>(() => SymbolVersionPatch.Apply(Library, "library", version, Symbol));
            Assert.Contains($"needs {version} too", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Apply_Library_ChangesFewBytesOfACopy()
    {
        byte[] input = [.. Library];
        var patched = SymbolVersionPatch.Apply(input, "library", Version, Symbol);
        Assert.Equal(Library, input);
        Assert.InRange(patched.Zip(Library).Count(pair => pair.First != pair.Second), 1, 8);
    }

    [Fact]
    public void Apply_LibraryWithoutTheRequirement_IsLeftAsItIs()
    {
        var once = SymbolVersionPatch.Apply(Library, "library", Version, Symbol);
        Assert.Equal(once, SymbolVersionPatch.Apply(once, "library", Version, Symbol));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(4096)]
    public void Apply_TruncatedLibrary_IsNamed(int length)
    {
        var error = Assert.Throws<NativeLibraryException>(() => SymbolVersionPatch.Apply(Library[..length], "some.so", Version, Symbol));
        Assert.Contains("some.so", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string File, string Version)> Required(ElfImage image) =>
        SymbolVersionPatch.Entries(image, image.OffsetOf(SymbolVersionPatch.TagVersionNeeds)!.Value)
            .Select(at => (image.StringAt(image.U32(at.Need + 4)), image.StringAt(image.U32(at.Entry + 8))));
}
