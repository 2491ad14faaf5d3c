using System.Text.Json;

namespace QatPipeline.Cli.Tests.Doctor;

public sealed class DoctorCommandTests
{
    [Fact]
    public async Task Doctor_OnThisMachine_SaysThatRunsCanWork()
    {
        var (code, output, error) = await QatProcess.RunAsync("doctor");

        Assert.True(code == 0, output + error);
        Assert.All(
            [".NET SDK", "Skia", "ONNX Runtime", "LibTorch", "processor", "memory", "disk", "broker", "storage", "containers", "trtexec",
                "CUDA", "MPI"],
            part => Assert.Contains($" {part} ", output, StringComparison.Ordinal));
        Assert.Contains("./qat run can work here.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WithJson_GivesEveryMissingPartARemedy()
    {
        var (_, output, _) = await QatProcess.RunAsync("doctor", "--json");

        using var diagnosis = JsonDocument.Parse(output);
        Assert.True(diagnosis.RootElement.GetProperty("canRun").GetBoolean());
        Assert.All(diagnosis.RootElement.GetProperty("findings").EnumerateArray(), finding => Assert.NotEqual(
            finding.GetProperty("works").GetBoolean(), finding.GetProperty("remedy").GetString()!.Length > 0));
    }

    [Fact]
    public async Task BrokenNative_IsExplainedByDoctorAndRun()
    {
        using var copy = BrokenInstallation.WithoutLibraryOfSkia();

        var doctor = await copy.RunAsync("doctor");
        var run = await copy.RunAsync("run", "--out", copy.PathOf("out"));

        const string Reason = "Skia cannot be used on this machine: libSkiaSharp.so needs libnowhere.so.0, which this machine lacks";
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains(Reason, doctor.Output, StringComparison.Ordinal);
        Assert.Contains("./qat run cannot work here", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(QatCommandLine.InputError, run.ExitCode);
        Assert.StartsWith($"qat: {Reason}", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }
}
