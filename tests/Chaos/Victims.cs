using System.Diagnostics;
using System.Globalization;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Chaos;

/// <summary>The processes of one running system, found by the environment that they inherited.</summary>
internal sealed class Victims(string dataFolder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>What is killed, and how its command line is known.</summary>
    public static IReadOnlyDictionary<string, string> Known { get; } = new Dictionary<string, string>
    {
        ["dataset-loading"] = "/QatPipeline.DatasetLoading",
        ["ptq-calibration"] = "/QatPipeline.PtqCalibration",
        ["qat-training"] = "/QatPipeline.QatTraining",
        ["onnx-graph-optimization"] = "/QatPipeline.OnnxGraphOptimization",
        ["trt-engine-building"] = "/QatPipeline.TrtEngineBuilding",
        ["coco-evaluation"] = "/QatPipeline.CocoEvaluation",
        ["gateway"] = "/QatPipeline.Gateway",
        ["launcher"] = "Services/QatTraining/QatTraining.csproj",
        ["broker"] = "beam.smp",
        ["port-mapper"] = "epmd ",
        ["storage"] = "/azurite/",
        ["apphost"] = "/QatPipeline.AppHost",
        ["orchestrator"] = "dcp run-controllers",
    };

    /// <summary>The process ids of all that belong to the system.</summary>
    public IReadOnlyList<(int Id, string Command)> All() => [.. RunningProcesses.With($"QAT_DATA={dataFolder}")];

    /// <summary>Kills the victim and waits until another is in its place.</summary>
    public async Task KillAsync(string victim, CancellationToken cancellationToken)
    {
        var killed = await FindAsync(victim, cancellationToken);
        await SignalAsync(killed, "KILL", cancellationToken);
        await FindAsync(victim, cancellationToken, other: killed);
    }

    /// <summary>The victim's process, another than the one given, waiting until it is there.</summary>
    public async Task<int> FindAsync(string victim, CancellationToken cancellationToken, int other = 0)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (All().FirstOrDefault(process => process.Id != other && IsIt(process.Command, victim)).Id is > 0 and var found)
            {
                return found;
            }

            await Task.Delay(Poll, cancellationToken);
        }

        throw new TimeoutException(
            $"{victim} did not come back within {Patience}; there are:\n{string.Join('\n', All().Select(process => process.Command))}");
    }

    /// <summary>Sends a signal; a process that ended in this instant is no error.</summary>
    public static async Task SignalAsync(int processId, string signal, CancellationToken cancellationToken)
    {
        var id = processId.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-s", signal, "--", id]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>The variables that the process was started with.</summary>
    public static IEnumerable<KeyValuePair<string, string>> EnvironmentOf(int processId) =>
        RunningProcesses.Read(processId, "environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2))
            .Select(parts => KeyValuePair.Create(parts[0], parts[1]));

    private static bool IsIt(string command, string victim) =>
        command.Contains(Known[victim], StringComparison.Ordinal) && !command.Contains("monitor-process", StringComparison.Ordinal);
}
