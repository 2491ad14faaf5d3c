using QatPipeline.AspireLocal.Publishing;

namespace QatPipeline.AspireLocal.Tests.Publishing;

public class PublishOptionsTests
{
    [Theory]
    [InlineData("--publisher", "manifest", "--output-path", "/tmp/m.json")]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--output-path", "/tmp/m.json")]
    public void BothFormsOfTheCommandLine_NameTheFile(params string[] args) =>
        Assert.Equal("/tmp/m.json", PublishOptions.FromArguments(args)?.OutputPath);

    [Fact]
    public void AnyOtherCommandLine_Runs() => Assert.Null(PublishOptions.FromArguments(["--verbose", "true"]));
}
