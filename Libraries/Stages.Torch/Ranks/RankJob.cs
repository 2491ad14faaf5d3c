using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What the ranks of a training are told.</summary>
/// <param name="Stage">Name of the stage that trains.</param>
/// <param name="Specification">The run's.</param>
/// <param name="Inputs">The files of the stage's inputs, by artifact.</param>
/// <param name="AreInputsSent">Whether ranks get their content, since they are on hosts that do not have these files.</param>
/// <param name="Baseline">Score of what the training starts from; null without one.</param>
internal sealed record RankJob(
    string Stage, RunSpecification Specification, IReadOnlyDictionary<string, string> Inputs, bool AreInputsSent, double? Baseline)
{
    /// <summary>How the name of the folder begins in which the ranks of one machine find their stage.</summary>
    public const string FolderPrefix = "qat-ranks-";

    /// <summary>The inputs in the order in which they are sent.</summary>
    public IEnumerable<string> SentInputs => AreInputsSent ? Inputs.Keys.Order(StringComparer.Ordinal) : [];
}

/// <summary>What made a rank fail.</summary>
/// <param name="Rank">Which.</param>
/// <param name="IsOfInput">Whether whoever submitted the run can mend it.</param>
/// <param name="Message">A sentence.</param>
internal sealed record RankError(int Rank, bool IsOfInput, string Message);

/// <summary>What a training of several ranks gave; the graph as ONNX.</summary>
internal sealed record RankResult(int BestEpoch, IReadOnlyList<EpochScore> Scores, byte[] Graph);
