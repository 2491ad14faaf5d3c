using System.Text;

namespace QatPipeline.Engines.TensorRt;

/// <summary>
/// The shell script that builds and times engines on another machine, whatever TensorRT it has, and writes down what it found.
/// </summary>
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

    /// <summary>
    /// What surrounds a build: the log, the summary of its timing for results.json and, where the delivery says how, the detections.
    /// </summary>
    private const string Functions = """
        results=results.json
        separator=
        failed=0
        built=0

        quote() { printf '%s' "$1" | tr -d '\r' | sed 's/[\\"]/\\&/g'; }

        # skip ENGINE REASON
        skip() {
            echo "$1 is left out: $2" >&2
        }

        # build ENGINE PRECISION BATCH MODEL ARGUMENTS
        build() {
            engine=$1 precision=$2 batch=$3 model=$4
            shift 4
            log="$engine.build.log"
            echo "building $engine" >&2
            if ! "$trtexec" "$@" > "$log" 2>&1 || grep -q '^&&&& FAILED' "$log"; then
                echo "$engine: trtexec failed; the end of $log:" >&2
                tail -n 20 "$log" >&2
                failed=1
                return 0
            fi
            built=1
            detections=
            detect
            {
                printf '%s\n    {\n' "$separator"
                printf '      "engine": "%s",\n' "$engine"
                printf '      "precision": "%s",\n' "$precision"
                printf '      "batch": %s,\n' "$batch"
                printf '      "sha256": "%s",\n' "$(sha256sum "$engine" | cut -d ' ' -f 1)"
                printf '      "modelSha256": "%s",\n' "$(sha256sum "$model" | cut -d ' ' -f 1)"
                printf '      "command": "%s",\n' "$(quote "trtexec $*")"
                printf '      "detections": %s,\n' "${detections:-null}"
                printf '      "summary": ['
                grep -E '\[I\] (Throughput|Latency|GPU Compute Time): ' "$log" | sed 's/^.*\[I\]/[I]/; s/[\\"]/\\&/g' | tr -d '\r' \
                    | awk '{ printf "%s\n        \"%s\"", (NR > 1 ? "," : ""), $0 }'
                printf '\n      ]\n    }'
            } >> "$results.partial"
            separator=,
        }

        {
            printf '{\n  "tensorRt": "%s",\n' "$version"
            printf '  "gpu": "%s",\n' "$(quote "$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)")"
            printf '  "host": "%s",\n' "$(quote "$(uname -n)")"
            printf '  "engines": ['
        } > "$results.partial"

        """;

    private const string End = """
        printf '\n  ]\n}\n' >> "$results.partial"
        mv "$results.partial" "$results"
        if [ "$built" -eq 0 ]; then
            echo "No engine was built with TensorRT '$version'." >&2
            exit 1
        fi
        echo "$results tells what was measured." >&2
        exit "$failed"

        """;

    /// <summary>Writes the script into the folder of the files it names.</summary>
    /// <param name="path">The script.</param>
    /// <param name="name">What it builds, for the reader.</param>
    /// <param name="engines">The engines, their files in the script's folder.</param>
    /// <param name="options">Arguments of every build.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="detect">Shell commands that set <c>detections</c> for the engine just built; none by default.</param>
    public static async Task WriteAsync(
        string path,
        string name,
        IReadOnlyList<DeliveredEngines> engines,
        TensorRtOptions options,
        CancellationToken cancellationToken,
        string detect = ":")
    {
        await File.WriteAllTextAsync(path, Text(name, engines, options, detect), cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }
    }

    private static string Text(string name, IReadOnlyList<DeliveredEngines> engines, TensorRtOptions options, string detect)
    {
        var script = new StringBuilder($$"""
            #!/bin/sh
            # Builds and times the engines of {{name}} with TensorRT, and writes results.json. trtexec must be on the PATH, or TRTEXEC
            # must name it.
            set -eu
            images=
            [ $# -eq 0 ] || images="$(cd "$1" && pwd)"
            cd "$(dirname "$0")"
            trtexec="$(command -v "${TRTEXEC:-trtexec}")" || { echo "There is no trtexec: set TRTEXEC to its path." >&2; exit 1; }
            version="$("$trtexec" --help 2>&1 | sed -n 's/.*\[TensorRT v\([0-9.]*\)\].*/\1/p' | head -n 1)"

            """);
        foreach (var cache in engines.SelectMany(engine => engine.Caches).Select(Path.GetFileName))
        {
            script.Append($"""
                # TensorRT 10 refuses a cache whose first line names another version.
                sed "1s/^TRT-[^-]*-/TRT-$version-/" '{cache}' > '{cache}.tmp'
                mv '{cache}.tmp' '{cache}'

                """);
        }

        script.Append($"\ndetect() {{\n    {detect}\n}}\n\n").Append(Functions).Append("case \"$version\" in\n");
        foreach (var (pattern, version) in Generations)
        {
            script.Append($"{pattern})\n{string.Concat(engines.Select(engine => Branch(engine, version, options)))}    ;;\n");
        }

        return script
            .Append("*)\n    echo \"TensorRT '$version' is not supported: 8 to 11 are.\" >&2\n    ;;\nesac\n")
            .Append(End)
            .ToString();
    }

    private static string Branch(DeliveredEngines engines, TrtexecVersion version, TensorRtOptions options)
    {
        try
        {
            return string.Concat(engines.Commands(version, options).Select(command => "    " + TrtexecCommand.ToShell(
                "build",
                [
                    Path.GetFileName(command.Engine.Path),
                    engines.Request.Precision.ToName(),
                    $"{command.Engine.Batch}",
                    command.Model,
                    .. command.Arguments,
                ]) + "\n"));
        }
        catch (EngineException exception)
        {
            return string.Concat(engines.Files.Engines.Select(engine =>
                $"    {TrtexecCommand.ToShell("skip", [Path.GetFileName(engine.Path), exception.Message])}\n"));
        }
    }
}
