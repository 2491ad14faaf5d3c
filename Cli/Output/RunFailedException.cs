using QatPipeline.Foundation;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Cli.Output;

/// <summary>A run that ended with a failed stage.</summary>
internal sealed class RunFailedException(RunFailure failure)
    : InputException($"stage '{failure.Stage}' failed: {failure.Message.TrimEnd('.')}. {failure.Remedy}");
