using System.Net;
using System.Security.Cryptography;
using System.Text;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>A store that is read as a whole, damaged, and repaired by the command line alone.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private const string Model = "model.onnx";

    private readonly SmallJob _job = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Store => _job.PathOf("out", "store");

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Verify_DamagedMissingAndForeignFiles_NamesEach_AndTheSameRunRepairsThem()
    {
        Assert.Equal(0, (await _job.RunAsync("first")).ExitCode);
        var (exitCode, output) = await VerifyAsync();
        Assert.True(exitCode == 0, output);
        Assert.Contains(" 0 damaged, 0 missing, 0 foreign, 0 without a digest", output, StringComparison.Ordinal);

        var engine = File.ResolveLinkTarget(_job.PathOf("out", "store", "runs", "first", "files", "engine-int8.onnx"), true)!.FullName;
        var sound = await File.ReadAllBytesAsync(engine, Token);
        Flip(engine);
        Flip(_job.PathOf("out", "store", "runs", "first", "status.json"));
        var graph = File.ResolveLinkTarget(_job.PathOf("out", "store", "runs", "first", "files", "ptq-graph.onnx"), true)!.FullName;
        File.Delete(graph);
        await File.WriteAllTextAsync(_job.PathOf("out", "store", "notes.txt"), "a note", Token);
        (exitCode, output) = await VerifyAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"damaged  artifacts/sha256/{Path.GetFileName(engine)}: The stage 'build' makes it anew", output, StringComparison.Ordinal);
        Assert.Contains("damaged  runs/first/status.json: Submit the run 'first' again under its id.", output, StringComparison.Ordinal);
        Assert.Contains(
            $"missing  artifacts/sha256/{Path.GetFileName(graph)}: The stage 'calibrate' makes it", output, StringComparison.Ordinal);
        Assert.Contains("foreign  notes.txt: ", output, StringComparison.Ordinal);

        File.Delete(_job.PathOf("out", "store", "notes.txt"));
        Assert.Equal(0, (await _job.RunAsync("first")).ExitCode);
        (exitCode, output) = await VerifyAsync();
        Assert.True(exitCode == 0, output);
        Assert.Equal(sound, await File.ReadAllBytesAsync(engine, Token));
    }

    [Fact]
    public async Task Verify_WithQuarantine_PutsAside_AndTheSameRunMakesItAnew()
    {
        Assert.Equal(0, (await _job.RunAsync("first")).ExitCode);
        foreach (var name in (string[])["completed.json", "lineage.ndjson", "status.json", "stages/calibrate.json", "files/report.html"])
        {
            Flip(Path.Combine(Store, "runs", "first", name));
        }

        Assert.Equal(1, (await VerifyAsync("--quarantine")).ExitCode);
        Assert.True(File.Exists(Path.Combine(Store, "quarantine", "1", "runs", "first", "status.json")));
        Assert.False(File.Exists(Path.Combine(Store, "runs", "first", "status.json")));
        Assert.Equal(0, (await _job.RunAsync("first")).ExitCode);
        var (exitCode, output) = await VerifyAsync();
        Assert.True(exitCode == 0, output);
        Assert.True(File.Exists(Path.Combine(Store, "runs", "first", "files", "report.html")));
    }

    [Fact]
    public async Task Verify_FolderWithoutRuns_SaysWhichToName_AndLeavesItAlone()
    {
        Directory.CreateDirectory(_job.PathOf("empty"));
        var (exitCode, _, error) = await QatProcess.RunAsync("verify", "--store", _job.PathOf("empty"));
        Assert.Equal(2, exitCode);
        Assert.Contains("--out", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_job.PathOf("empty")));
    }

    [Fact]
    public async Task Pull_FileDamagedOnItsWay_IsNamed_AndNotKept()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData("sent"u8));
        using var listener = new HttpListener();
        var address = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        var pull = QatProcess.RunAsync("pull", "run", _job.PathOf("pulled"), "--gateway", address);
        await AnswerAsync(listener, $$"""[{ "name": "{{Model}}", "sha256": "{{digest}}", "size": 4 }]""");
        await AnswerAsync(listener, "send");

        var (exitCode, _, error) = await pull;
        Assert.Equal(2, exitCode);
        Assert.Contains($"'{Model}' arrived damaged", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_job.PathOf("pulled")));
    }

    private static async Task AnswerAsync(HttpListener listener, string text)
    {
        var context = await listener.GetContextAsync().WaitAsync(TimeSpan.FromMinutes(1), Token);
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text), Token);
        context.Response.Close();
    }

    private static void Flip(string path)
    {
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
    }

    private async Task<(int ExitCode, string Output)> VerifyAsync(params string[] options)
    {
        var (exitCode, output, _) = await QatProcess.RunAsync(["verify", "--store", Store, .. options]);
        return (exitCode, output);
    }
}
