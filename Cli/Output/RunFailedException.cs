using QatPipeline.ServiceDefaults.Runs;

namespace QatPipeline.Cli.Output;

/// <summary>A run that ended with a failed stage.</summary>
internal sealed class RunFailedException(RunFailure failure)
    : Exception($"stage '{failure.Stage}' failed: {failure.Message.TrimEnd('.')}. {failure.Remedy}");
