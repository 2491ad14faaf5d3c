namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>
/// A trtexec that computes, with ONNX Runtime on the CPU behind its command line (tests/TrtexecSupport): a test that uses it needs that
/// project built.
/// </summary>
public static class ComputingTrtexec
{
    /// <summary>Whether a real one would be found here: what happens without any can then not be tested.</summary>
    public static bool IsRealOneInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(["/usr/src/tensorrt/bin", "/opt/tensorrt/bin"]).Any(folder => File.Exists(Path.Combine(folder, "trtexec")));

    /// <summary>Writes a script named <c>trtexec</c> that says it is that version, in trtexec's own digits, and gives its path.</summary>
    public static string Write(string folder, string version)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "trtexec");
        File.WriteAllText(
            path, $"#!/bin/sh\nTRTEXEC_STAND_IN={version} exec '{BuiltProgram.PathOf("tests/TrtexecSupport")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
