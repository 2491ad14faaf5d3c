namespace QatPipeline.AspireLocal.Tests.ApplicationModel;

public class ModelErrorTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder([]);

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("two--hyphens")]
    [InlineData("end-")]
    [InlineData("under_score")]
    public void Name_OfAnotherForm_IsRefused(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => _builder.AddExecutable(name, "true", "."));

    [Fact]
    public void SameNameTwice_IsRefused()
    {
        _builder.AddExecutable("tool", "true", ".");

        var problem = Assert.Throws<DistributedApplicationException>(() => _builder.AddExecutable("Tool", "true", "."));

        Assert.Contains("Tool", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SameEndpointTwice_IsRefused()
    {
        var tool = _builder.AddExecutable("tool", "true", ".").WithHttpEndpoint();

        Assert.Throws<DistributedApplicationException>(() => tool.WithHttpEndpoint());
    }

    [Fact]
    public void UnknownEndpoint_IsNamed()
    {
        var tool = _builder.AddExecutable("tool", "true", ".");

        var problem = Assert.Throws<DistributedApplicationException>(() => tool.GetEndpoint("web").EndpointAnnotation);

        Assert.Contains("'web'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingParameter_NamesTheVariable()
    {
        var parameter = _builder.AddParameter("password", secret: true);

        var problem = await Assert.ThrowsAsync<DistributedApplicationException>(
            async () => await parameter.Resource.GetValueAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Parameters__password", problem.Message, StringComparison.Ordinal);
    }
}
