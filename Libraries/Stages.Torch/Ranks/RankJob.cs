using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What the ranks of a training are told, in a file of a folder that is theirs.</summary>
/// <param name="Specification">The run's.</param>
/// <param name="Inputs">The files of the stage's inputs, by artifact.</param>
/// <param name="Checkpoint">The name of the training's checkpoint.</param>
/// <param name="Baseline">Score of what the training starts from.</param>
internal sealed record RankJob(
    RunSpecification Specification, IReadOnlyDictionary<string, string> Inputs, string Checkpoint, double Baseline)
{
    /// <summary>How the name of its folder begins.</summary>
    public const string FolderPrefix = "qat-ranks-";

    /// <summary>The job's file.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "job.json");

    /// <summary>The socket at which rank 0 finds the stage.</summary>
    public static string SocketIn(string folder) => Path.Combine(folder, "stage");

    /// <summary>Where a rank writes what made it fail, as a <see cref="RankError"/>.</summary>
    public static string ErrorIn(string folder, int rank) => Path.Combine(folder, $"rank-{rank}.error");
}

/// <summary>What made a rank fail.</summary>
/// <param name="IsOfInput">Whether whoever submitted the run can mend it.</param>
/// <param name="Message">A sentence.</param>
internal sealed record RankError(bool IsOfInput, string Message);

/// <summary>What a training of several ranks gave; the graph as ONNX.</summary>
internal sealed record RankResult(int BestEpoch, IReadOnlyList<EpochScore> Scores, byte[] Graph);
