using System.ComponentModel;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Torch.Tests.Parallel;

/// <summary>A library with NCCL's interface for memory of the CPU, compiled where there is a compiler: this machine has no GPU.</summary>
internal static class NcclStandIn
{
    private const string Source = "nccl-stand-in.c";

    /// <summary>How many values it refuses to sum.</summary>
    public const int UnluckyLength = 4242;

    /// <summary>The library of a folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "libnccl.so.2");

    /// <summary>What was called, each with the rank that called it.</summary>
    public static string[] CallsIn(string folder) => File.ReadAllLines(LogIn(folder));

    /// <summary>Compiles it into a folder, or skips the test.</summary>
    public static async Task CompileAsync(string folder)
    {
        try
        {
            using var compiler = ChildProcess.Start(
                "cc",
                [
                    "-std=gnu11", "-Wall", "-Werror", "-O1", "-shared", "-fPIC", $"-DLOG=\"{LogIn(folder)}\"", $"-DUNLUCKY={UnluckyLength}",
                    "-o", PathIn(folder), Path.Combine(AppContext.BaseDirectory, Source), "-lrt",
                ],
                new Dictionary<string, string>());
            var output = await compiler.WaitForOutputAsync(TestContext.Current.CancellationToken);
            Assert.True(compiler.ExitCode == 0, output);
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no C compiler: apt-get install gcc libc6-dev");
        }
    }

    private static string LogIn(string folder) => Path.Combine(folder, "calls.log");
}
