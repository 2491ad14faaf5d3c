using QatPipeline.Foundation;

namespace QatPipeline.Stages.Imports;

/// <summary>Results that cannot be taken into a run's report.</summary>
/// <param name="file">The file they stand in.</param>
/// <param name="reason">What is wrong with it, and how to mend it, without the full stop.</param>
/// <param name="innerException">What was found first, if it was an exception.</param>
public sealed class ImportException(string file, string reason, Exception? innerException = null)
    : InputException($"{file}: {reason}.", innerException);
