using QatPipeline.Foundation.Natives;
using SkiaSharp;

namespace QatPipeline.Foundation.Tests.Natives;

public sealed class NativeFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_AWholeLibrary_GivesAHandle() =>
        Assert.NotEqual(0, NativeFile.Load(NativeFile.Find("libSkiaSharp.so", typeof(SKBitmap).Assembly)));

    [Fact]
    public void Load_WhereANeededLibraryIsMissing_NamesItAndTheWayToIt()
    {
        var path = BrokenLibrary.Write(_folder.PathOf("libpaint.so"), BrokenLibrary.Needed, "libnowhere.so.0");

        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Load(path));

        Assert.Equal(
            "libpaint.so needs libnowhere.so.0, which this machine lacks; 'apt-file search libnowhere.so.0' tells which package has "
            + "libnowhere.so.0 (apt-get install apt-file && apt-file update).",
            error.Message);
    }

    [Fact]
    public void Load_WhereANeededLibraryLacksAnother_NamesTheOtherOne()
    {
        BrokenLibrary.Write(_folder.PathOf("libchild.so"), BrokenLibrary.Needed, "libnowhere.so.0");
        var path = BrokenLibrary.Write(_folder.PathOf("libparent.so"), BrokenLibrary.Needed, "libchild.so");

        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Load(path));

        Assert.Contains("needs libnowhere.so.0, which this machine lacks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhereTheSystemIsTooOld_HasTheLoadersWordsAndTheRemedy()
    {
        var path = BrokenLibrary.Write(_folder.PathOf("libfuture.so"), "GLIBC_2.2.5", "GLIBC_9.9.9");

        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Load(path));

        Assert.StartsWith("libfuture.so is refused by the system's loader: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("GLIBC_9.9.9", error.Message, StringComparison.Ordinal);
        Assert.Contains("a newer release of the system", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfADamagedFile_SaysSo()
    {
        var path = _folder.PathOf("libhalf.so");
        File.WriteAllBytes(path, new byte[5000]);

        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Load(path));

        Assert.Contains("libhalf.so cannot be read as a shared library", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAMissingFile_SaysSo() =>
        Assert.Contains(
            "libnone.so is missing",
            Assert.Throws<NativeLibraryException>(() => NativeFile.Load(_folder.PathOf("libnone.so"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_OfALibraryThatTheSystemLacks_NamesTheWayToIt()
    {
        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Load("libnowhere.so.0"));

        Assert.StartsWith("libnowhere.so.0 cannot be loaded (", error.Message, StringComparison.Ordinal);
        Assert.Contains("'apt-file search libnowhere.so.0' tells which package", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WhereThePackageHasNoSuchFile_NamesTheFolders()
    {
        var error = Assert.Throws<NativeLibraryException>(() => NativeFile.Find("libnone.so", typeof(SKBitmap).Assembly));

        Assert.Contains(AppContext.BaseDirectory.TrimEnd('/'), error.Message, StringComparison.Ordinal);
        Assert.Contains("with the package of SkiaSharp", error.Message, StringComparison.Ordinal);
    }
}
