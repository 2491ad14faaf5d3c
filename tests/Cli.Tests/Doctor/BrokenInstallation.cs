using System.Text;

namespace QatPipeline.Cli.Tests.Doctor;

/// <summary>The built command in a folder of its own, with a native library that the system's loader refuses.</summary>
internal sealed class BrokenInstallation : IDisposable
{
    private const long LargeFile = 4 << 20;

    private readonly ScratchFolder _folder = new();

    /// <summary>Skia's library asks for <c>libnowhere.so.0</c> in place of a library that is there.</summary>
    public static BrokenInstallation WithoutLibraryOfSkia()
    {
        var installation = new BrokenInstallation();
        foreach (var source in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            var target = installation.PathOf(Path.GetFileName(source));
            if (Path.GetFileName(source) == "libSkiaSharp.so")
            {
                File.WriteAllBytes(target, Renamed(File.ReadAllBytes(source), "libpthread.so.0", "libnowhere.so.0"));
            }
            else if (new FileInfo(source).Length > LargeFile)
            {
                File.CreateSymbolicLink(target, source);
            }
            else
            {
                File.Copy(source, target);
            }
        }

        // The run without a specification is the demo, which is looked for in the folders above the command.
        Directory.CreateSymbolicLink(installation.PathOf("samples"), Path.Combine(TestData.RepositoryRoot, "samples"));
        return installation;
    }

    public string PathOf(string name) => _folder.PathOf(name);

    public Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        QatProcess.RunProgramAsync(PathOf("qat"), arguments);

    public void Dispose() => _folder.Dispose();

    private static byte[] Renamed(byte[] library, string name, string other)
    {
        var at = library.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name));
        Assert.True(at > 0, $"libSkiaSharp.so does not need {name}");
        Encoding.ASCII.GetBytes(other).CopyTo(library, at);
        return library;
    }
}
