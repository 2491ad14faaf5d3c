using QatPipeline.Foundation.Natives;

namespace QatPipeline.Foundation.Tests.Natives;

public sealed class NativeComponentTests
{
    [Fact]
    public void Load_Twice_LoadsOnce()
    {
        var loads = 0;
        var component = new NativeComponent("Paint", () => $"{++loads}.0");

        Assert.Equal("1.0", component.Load());
        Assert.Equal("1.0", component.Load());
    }

    [Fact]
    public void Load_WhereATypeInitializerFails_SaysWhatWasBehindIt()
    {
        var component = new NativeComponent("Paint", () => throw new TypeInitializationException(
            "Paint.Canvas", new DllNotFoundException("libpaint.so: no such file.")));

        var error = Assert.Throws<NativeLibraryException>(component.Load);

        Assert.Equal("Paint cannot be used on this machine: libpaint.so: no such file. Restore the packages again.", error.Message);
    }

    [Fact]
    public void LoadAll_WhereTwoAreBroken_SpeaksOfBoth()
    {
        var error = Assert.Throws<NativeLibraryException>(() => NativeComponent.LoadAll(
            new NativeComponent("Paint", () => throw new NativeLibraryException("a is missing.")),
            new NativeComponent("Sound", () => "1.0"),
            new NativeComponent("Print", () => throw new NativeLibraryException("b is missing."))));

        Assert.Equal(
            "Paint cannot be used on this machine: a is missing. Print cannot be used on this machine: b is missing.", error.Message);
    }
}
