using QatPipeline.Foundation.Natives;

namespace QatPipeline.Foundation.Tests.Natives;

public sealed class DebianPackagesTests
{
    [Fact]
    public void Remedy_OfKnownFiles_InstallsEachPackageOnce() => Assert.Equal(
        "as root: apt-get install libgtk-3-0 libgomp1", DebianPackages.Remedy(["libgtk-3.so.0", "libgdk-3.so.0", "libgomp.so.1"]));

    [Fact]
    public void Remedy_OfKnownAndUnknownFiles_HasBothWays() => Assert.Equal(
        "as root: apt-get install zlib1g; 'apt-file search libq.so.1' tells which package has libq.so.1 "
        + "(apt-get install apt-file && apt-file update)",
        DebianPackages.Remedy(["libq.so.1", "libz.so.1"]));
}
