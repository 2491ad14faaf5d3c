using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AppHost.Tests;

/// <summary>What keeps the system from starting is one line that says how to go on.</summary>
public sealed class StartErrorTests
{
    private static readonly string[] ExternalServices =
        ["--ConnectionStrings:messaging=amqp://localhost", "--ConnectionStrings:blobs=UseDevelopmentStorage=true"];

    [Fact]
    public async Task MissingProgram_NamesItAndTheRemedy()
    {
        using var nothing = new ScratchFolder();
        var line = await RefusalAsync(new() { ["QAT_HOME"] = nothing.FullName, ["PATH"] = nothing.FullName }, ExternalServices[0]);
        Assert.StartsWith("Azurite is not installed", line, StringComparison.Ordinal);
        Assert.EndsWith("./qat setup", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loading", "2", "Replicas:loading names no service. There are dataset-loading, ")]
    [InlineData("dataset-loading", "none", "Replicas:dataset-loading is 'none'. It takes a number from 1 to 64.")]
    public async Task Replicas_OfWhatIsNoService_OrNoNumber(string service, string value, string start)
    {
        var line = await RefusalAsync([], [.. ExternalServices, $"--Replicas:{service}={value}"]);
        Assert.StartsWith(start, line, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var folder = new ScratchFolder();
        environment["QAT_DATA"] = folder.FullName;
        using var process = ChildProcess.Start(BuiltProgram.PathOf("AppHost"), arguments, environment);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        return Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
