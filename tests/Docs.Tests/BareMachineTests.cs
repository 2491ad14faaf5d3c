using System.Text.RegularExpressions;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Docs.Tests;

/// <summary>
/// The README's commands on a machine that has nothing but what the README says: a library that some other package happened to bring is
/// missed there. Skipped where such a machine cannot be made (no root, no debootstrap, no namespaces).
/// </summary>
[Trait("Category", "Slow")]
public sealed partial class BareMachineTests
{
    private const int CannotBeMade = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    [Fact]
    public async Task Demo_AsAnOrdinaryUser_PrintsItsTable()
    {
        var output = await RunAsync("./qat", "run", "samples/demo/run.yaml", "--out", "results");

        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
        Assert.Contains("report: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeSystem_AsRoot_RunsTheDemo() =>
        Assert.Contains(
            "engine-int8",
            await RunAsync("--root", "--share-packages", "./qat", "up", "--demo", "--exit"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Tests_AsRoot_Pass() =>
        Assert.Matches(AllPassed(), await RunAsync("--root", "--share-packages", "./qat", "test"));

    /// <summary>Runs a command there and returns what it printed; the command has to succeed.</summary>
    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var machine = ChildProcess.Start(
            Path.Combine(TestData.RepositoryRoot, "eng", "bare-machine.sh"), arguments, new Dictionary<string, string>());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var output = await machine.WaitForOutputAsync(limit.Token);
        Assert.SkipWhen(machine.ExitCode == CannotBeMade, output);
        Assert.True(machine.ExitCode == 0, output);
        return output;
    }

    [GeneratedRegex(@"^\d+ passed, 0 failed\s*\z", RegexOptions.Multiline)]
    private static partial Regex AllPassed();
}
