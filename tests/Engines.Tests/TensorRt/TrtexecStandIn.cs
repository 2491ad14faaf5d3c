namespace QatPipeline.Engines.Tests.TensorRt;

/// <summary>
/// A shell script in trtexec's place. It computes nothing: it stands in for the process contract only, that is banner, arguments, exit
/// code, output on both streams, and the files that --saveEngine and --exportOutput name.
/// </summary>
internal static class TrtexecStandIn
{
    /// <summary>Writes the script; its arguments are noted, a line each run, in <c>arguments.txt</c> beside it.</summary>
    /// <param name="folder">Where to put it.</param>
    /// <param name="version">The number in its banner.</param>
    /// <param name="body">Shell commands after the banner, before the performance summary.</param>
    public static string Write(ScratchFolder folder, string version, string body = "")
    {
        var path = folder.PathOf("trtexec");
        File.WriteAllText(path, $$"""
            #!/bin/sh
            here="$(dirname "$0")"
            echo "&&&& RUNNING TensorRT.trtexec [TensorRT v{{version}}] # $0 $*"
            [ "$1" = --help ] && exit 0
            echo "$*" >> "$here/arguments.txt"
            {{body}}
            for argument in "$@"; do
                case "$argument" in
                --saveEngine=*) echo engine > "${argument#--saveEngine=}" ;;
                --exportOutput=*) echo '[ { "name" : "features" , "dimensions" : "1x2" , "values" : [ 1, 2 ] } ]' > "${argument#--exportOutput=}" ;;
                esac
            done
            echo "[I] === Performance summary ==="
            echo "[I] Throughput: 100 qps"
            echo "[I] Latency: min = 1 ms, max = 4 ms, mean = 2 ms, median = 2 ms, percentile(99%) = 3 ms"
            echo "[W] Missing scale and zero-point for tensor head, expect fall back to non-int8" >&2
            echo "&&&& PASSED TensorRT.trtexec [TensorRT v{{version}}] # $0 $*"

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
