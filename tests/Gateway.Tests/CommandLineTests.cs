using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>Where the command line has its key from.</summary>
[Trait("Category", "Slow")]
public sealed class CommandLineTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private readonly ScratchFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Runs_WithoutAKey_SaysWhereItIsToBeHad()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var (code, output) = await RunsAsync([]);
        Assert.Equal(2, code);
        Assert.Contains(
            "asks for its key: set QAT_API_KEY to the Security__ApiKey that it was started with", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Runs_WithTheVariable_Works()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        Assert.Equal(0, (await RunsAsync(new() { ["QAT_API_KEY"] = GatewayFixture.Key })).Code);
    }

    [Fact]
    public async Task Runs_TakesTheTokenOfTheDataFolder_ForItsOwnGatewayOnly()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        await File.WriteAllTextAsync(_data.PathOf("gateway.token"), GatewayFixture.Key, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_data.PathOf("gateway.url"), "http://localhost:1", TestContext.Current.CancellationToken);
        Assert.Equal(2, (await RunsAsync([])).Code);
        var own = fixture.Gateway.Address.ToString().TrimEnd('/');
        await File.WriteAllTextAsync(_data.PathOf("gateway.url"), own, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunsAsync([])).Code);
    }

    private async Task<(int Code, string Output)> RunsAsync(Dictionary<string, string> environment)
    {
        environment["QAT_DATA"] = _data.FullName;
        environment["QAT_GATEWAY"] = fixture.Gateway.Address.ToString();
        using var qat = ChildProcess.Start(BuiltProgram.PathOf("Cli", "qat"), ["runs"], environment);
        var output = await qat.WaitForOutputAsync(TestContext.Current.CancellationToken);
        return (qat.ExitCode, output);
    }
}
