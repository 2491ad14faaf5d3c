using System.Text.RegularExpressions;

namespace QatPipeline.Engines.TensorRt;

/// <summary>Says what a failed trtexec run means and what to do about it.</summary>
internal static class TrtexecFailure
{
    private const int ErrorsQuoted = 4;

    /// <summary>The first pattern found wins: causes before the consequences that trtexec prints after them.</summary>
    private static readonly (string Pattern, string Remedy)[] Known =
    [
        (@"error while loading shared libraries: (\S+)",
            "trtexec cannot find {1}: add TensorRT's lib folder to LD_LIBRARY_PATH."),
        (@"no CUDA-capable device|CUDA driver version is insufficient|cudaErrorNoDevice|CUDA initialization failure",
            "There is no usable GPU or its driver is too old for this TensorRT: build on the target machine."),
        (@"Unknown option: (.*)",
            "This trtexec does not know {1}: its version differs from what its banner says, or ExtraArguments names an option it lacks."),
        (@"Calibration table does not match calibrator algorithm",
            "The calibration cache was written for another calibrator or TensorRT version: "
                + "its first line must name this version and EntropyCalibration2."),
        (@"[Tt]ensor `?(.+?)`? is bound to nullptr",
            "TensorRT rejected the calibration cache and tried to calibrate without data: "
                + "the cache does not fit the model or the version."),
        (@"(?i)out of memory|OutOfMemory|insufficient memory",
            "The GPU has too little memory: lower WorkspaceMiB or the batch, or close what else uses the GPU."),
        (@"No importer registered for op: (\w+)|[Pp]lugin not found.*|getPluginCreator could not find plugin:? (\w+)",
            "TensorRT has no operator {1}{2}: rewrite it with supported operators, or load its plugin with ExtraArguments."),
        (@"Could not find any implementation for node (.+?)\.?\)",
            "No kernel fits node {1}: give the builder more WorkspaceMiB; for a quantized node look at its Q/DQ with the lint."),
        (@"Static model does not take explicit shapes",
            "The model's batch is fixed, so it takes no --shapes: leave Input to be read from the model."),
        (@"[Uu]nable to open .*|Could not open file.*|[Ff]ailed to open.*",
            "trtexec cannot read or write a file: check that the folder exists and is writable."),
        (@"engine (?:plan file )?is (?:generated on|not compatible)|different TensorRT version|Version tag does not match"
            + "|[Ss]erialization (?:assertion|error)",
            "The engine was built by another TensorRT version or for another GPU: build it again here."),
        (@"Failed to parse onnx file|[Pp]arsing model failed",
            "TensorRT cannot read the model: the first error names the node."),
    ];

    /// <summary>The message of the exception for a run that failed.</summary>
    public static string Explain(string output, int exitCode, string commandLine, string logPath)
    {
        var errors = TrtexecLog.Errors(output);
        var quoted = errors.Count > 0 ? string.Join(" | ", errors.Take(ErrorsQuoted)) : TrtexecLog.Tail(output);
        return $"trtexec failed with exit code {exitCode}. {Remedy(output)} It said: {quoted} Command: {commandLine} Log: {logPath}";
    }

    private static string Remedy(string output)
    {
        foreach (var (pattern, remedy) in Known)
        {
            var match = Regex.Match(output, pattern);
            if (match.Success)
            {
                return Regex.Replace(
                    remedy, @"\{(\d)\}", group => match.Groups[int.Parse(group.Groups[1].ValueSpan, provider: null)].Value.Trim());
            }
        }

        return "The cause is not one of the known ones.";
    }
}
