using System.Net;
using System.Net.Sockets;
using QatPipeline.Cli.Doctor;
using Endpoint = QatPipeline.Cli.Doctor.Endpoint;

namespace QatPipeline.Cli.Tests.Doctor;

public sealed class MachineCheckTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fma avx2", "AVX2; without VNNI, INT8 gains less and weights have 7 bits")]
    [InlineData("avx2 avx512bw avx512_vnni", "AVX2, AVX-512, AVX512-VNNI")]
    public async Task Processor_SaysWhatMakesIntegersFast(string flags, string expected)
    {
        var file = _folder.PathOf("cpuinfo");
        await File.WriteAllTextAsync(
            file, $"processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\nflags\t\t: {flags}\n", TestContext.Current.CancellationToken);

        var finding = await new ProcessorCheck(file).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(finding.Works);
        Assert.Equal($"Some CPU @ 2.00GHz, {Environment.ProcessorCount} cores, {expected}", finding.Detail);
    }

    [Theory]
    [InlineData(8388608, true, "8.0 of 16.0 GiB free")]
    [InlineData(524288, false, "0.5 of 16.0 GiB free")]
    public async Task Memory_IsEnoughFromAGibibyteOn(long free, bool works, string expected)
    {
        var file = _folder.PathOf("meminfo");
        await File.WriteAllTextAsync(
            file, $"MemTotal:       16777216 kB\nMemAvailable:   {free} kB\n", TestContext.Current.CancellationToken);

        var finding = await new MemoryCheck(file).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((works, expected, works), (finding.Works, finding.Detail, finding.Remedy.Length == 0));
    }

    [Fact]
    public async Task Diagnosis_WhereOnlyTheSystemLacksSomething_CanRun()
    {
        var diagnosis = await Diagnosis.OfAsync(
            [
                new Fixed(Finding.Missing("broker", "", Finding.System, "install it")),
                new Fixed(Finding.Found("disk", "", Finding.EveryRun)),
            ],
            TestContext.Current.CancellationToken);

        Assert.True(diagnosis.CanRun);
        Assert.Equal(["broker", "disk"], diagnosis.Findings.Select(finding => finding.Name));
    }

    [Fact]
    public async Task Diagnosis_WhereEveryRunLacksSomething_CannotRun() => Assert.False((await Diagnosis.OfAsync(
        [new Fixed(Finding.Missing("disk", "", Finding.EveryRun, "free some"))], TestContext.Current.CancellationToken)).CanRun);

    [Fact]
    public async Task Endpoint_AnswersWhereSomebodyListens_AndOnlyThere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"amqp://guest@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        Assert.True(await Endpoint.AnswersAsync(address, 1, TestContext.Current.CancellationToken));
        listener.Stop();
        Assert.False(await Endpoint.AnswersAsync(address, 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Program_ThatFailsOrIsMissing_GivesNothing()
    {
        Assert.Null(await ProgramAnswer.OfAsync("false", [], TestContext.Current.CancellationToken));
        Assert.Null(await ProgramAnswer.OfAsync("no-such-program", [], TestContext.Current.CancellationToken));
        Assert.Equal("word", await ProgramAnswer.OfAsync("echo", ["word"], TestContext.Current.CancellationToken));
    }

    private sealed class Fixed(Finding finding) : IMachineCheck
    {
        public Task<Finding> RunAsync(CancellationToken cancellationToken) => Task.FromResult(finding);
    }
}
