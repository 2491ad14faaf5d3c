using System.Text;
using QatPipeline.Foundation;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What a training by several processes needs, looked at before anything is computed.</summary>
internal static class RankRequirements
{
    /// <summary>The launcher's program.</summary>
    public const string Launcher = "mpiexec";

    /// <summary>How to do without.</summary>
    public const string Remedy = "As root: apt-get install mpich, or train in one process, without 'processes' and 'hosts'.";

    // A Unix socket's name has 108 bytes at most, the last of them zero.
    private const int LongestSocket = 107;

    /// <summary>Those of a quantization-aware training.</summary>
    /// <param name="qat">It has been checked.</param>
    /// <param name="images">How many there are to train with.</param>
    /// <exception cref="RankException">Its processes cannot work; what they need, and how to get it.</exception>
    public static void Check(QatSpecification qat, int images)
    {
        var processes = TrainingProcesses.Of(qat);
        if (Math.Min(qat.Batch, images) % processes.Count != 0)
        {
            throw new RankException(
                $"The {images} training images, which are fewer than qat.batch, cannot be shared by qat.processes {processes.Count}, each of which "
                + $"takes as many: set qat.batch to a multiple of {processes.Count} that is not above {images}, or fewer processes.");
        }

        CheckMachine(processes);
    }

    /// <summary>Those of a float training.</summary>
    /// <param name="train">It has been checked.</param>
    /// <param name="images">How many there are to train with.</param>
    /// <exception cref="RankException">Its processes cannot work; what they need, and how to get it.</exception>
    public static void Check(TrainSpecification train, int images)
    {
        var processes = TrainingProcesses.Of(train);
        if (images < processes.Count)
        {
            throw new RankException(
                $"The {images} training images cannot be shared by train.processes {processes.Count}: give more images, or fewer processes.");
        }

        CheckMachine(processes);
    }

    private static void CheckMachine(TrainingProcesses processes)
    {
        if (processes.Count == 1)
        {
            return;
        }

        if (InstalledProgram.Find(Launcher) is null)
        {
            throw new RankException($"{Launcher}, which starts the {processes.Count} processes of the training, is not on PATH. {Remedy}");
        }

        var socket = RankDoor.PathIn(Path.Combine(Path.GetTempPath(), RankJob.FolderPrefix + "XXXXXX"));
        if (processes.Hosts.Count == 0 && Encoding.UTF8.GetByteCount(socket) > LongestSocket)
        {
            throw new RankException(
                $"The processes of the training find their stage at a socket {socket}, whose name is longer than the system's {LongestSocket} bytes: set "
                + "TMPDIR to a shorter folder, such as /tmp.");
        }
    }
}
