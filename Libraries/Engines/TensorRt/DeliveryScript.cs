using System.Text;

namespace QatPipeline.Engines.TensorRt;

/// <summary>The shell script that builds engines on another machine, whatever TensorRT it has.</summary>
internal static class DeliveryScript
{
    /// <summary>One version of each generation of command lines, and the shell pattern of the versions that share them.</summary>
    private static readonly (string Pattern, TrtexecVersion Version)[] Generations =
    [
        ("8[0-3]??", new(8, 2, 0)),
        ("8[4-9]??|9???", new(8, 4, 1)),
        ("10????", new(10, 0, 0)),
        ("11*", new(11, 0, 0)),
    ];

    /// <summary>The script; all paths are relative to the folder it lies in.</summary>
    public static string Text(
        string name, string? cache, Func<TrtexecVersion, IReadOnlyList<IReadOnlyList<string>>> commands)
    {
        var script = new StringBuilder($$"""
            #!/bin/sh
            # Builds and times the engines of {{name}} with TensorRT. trtexec must be on the PATH, or TRTEXEC must name it.
            set -eu
            cd "$(dirname "$0")"
            trtexec="$(command -v "${TRTEXEC:-trtexec}")" || { echo "There is no trtexec: set TRTEXEC to its path." >&2; exit 1; }
            version="$("$trtexec" --help 2>&1 | sed -n 's/.*\[TensorRT v\([0-9.]*\)\].*/\1/p' | head -n 1)"

            """);
        if (cache is not null)
        {
            script.Append($"""
                # TensorRT 10 refuses a cache whose first line names another version.
                sed "1s/^TRT-[^-]*-/TRT-$version-/" '{cache}' > '{cache}.tmp'
                mv '{cache}.tmp' '{cache}'

                """);
        }

        script.Append("case \"$version\" in\n");
        foreach (var (pattern, version) in Generations)
        {
            script.Append($"{pattern})\n{Branch(version, commands)}    ;;\n");
        }

        return script
            .Append("*)\n    echo \"TensorRT '$version' is not supported: 8 to 11 are.\" >&2\n    exit 1\n    ;;\nesac\n")
            .ToString();
    }

    private static string Branch(TrtexecVersion version, Func<TrtexecVersion, IReadOnlyList<IReadOnlyList<string>>> commands)
    {
        try
        {
            return string.Concat(commands(version)
                .Select(arguments => TrtexecCommand.ToShell("$trtexec", arguments))
                .Select(line => $"    {line.Replace("'$trtexec'", "\"$trtexec\"", StringComparison.Ordinal)}\n"));
        }
        catch (EngineException exception)
        {
            return $"    echo '{exception.Message.Replace("'", "'\\''", StringComparison.Ordinal)}' >&2\n    exit 1\n";
        }
    }
}
