using System.Globalization;
using System.Runtime.InteropServices;

namespace QatPipeline.Chaos;

/// <summary>What happens to the system, and how long after the one before.</summary>
internal sealed record Mishap(TimeSpan Pause, MishapKind Kind, string Victim, TimeSpan Length)
{
    // The rest happens seldom: it takes the system a minute to come back.
    private static readonly (string Victim, int Times)[] Kills =
    [
        ("dataset-loading", 11), ("ptq-calibration", 11), ("qat-training", 11), ("onnx-graph-optimization", 11),
        ("trt-engine-building", 11), ("coco-evaluation", 11), ("gateway", 11), ("broker", 9), ("storage", 9), ("port-mapper", 2),
        ("launcher", 2), ("apphost", 3), ("orchestrator", 1),
    ];

    private static readonly string[] Services =
    [
        "dataset-loading", "ptq-calibration", "qat-training", "onnx-graph-optimization", "trt-engine-building", "coco-evaluation",
        "gateway",
    ];

    /// <summary>The same list for the same seed: all that can go wrong, in random order, at random intervals.</summary>
    public static IReadOnlyList<Mishap> Plan(int seed)
    {
        var random = new Random(seed);
        var kinds = new List<(MishapKind Kind, string Victim, int LongestSeconds)>();
        kinds.AddRange(Kills.SelectMany(kill => Enumerable.Repeat((MishapKind.Kill, kill.Victim, 0), kill.Times)));
        kinds.AddRange(Services.Select(service => (MishapKind.Restart, service, 0)));
        kinds.AddRange(Services.Concat(["broker", "storage"]).Select(victim => (MishapKind.Freeze, victim, 8)));
        kinds.AddRange(Enumerable.Repeat((MishapKind.FullDisk, "storage", 6), 2));
        kinds.AddRange(Enumerable.Repeat((MishapKind.ReadOnlyDisk, "storage", 6), 2));
        kinds.AddRange(Enumerable.Repeat((MishapKind.ClockJump, "all", 7200), 4));
        kinds.AddRange(Enumerable.Repeat((MishapKind.NetworkCut, "remote-host", 40), 3));
        kinds.AddRange(Enumerable.Repeat((MishapKind.Forgery, "broker", 0), 12));
        random.Shuffle(CollectionsMarshal.AsSpan(kinds));
        return [.. kinds.Select(entry => new Mishap(
            TimeSpan.FromSeconds(0.2 + (3 * random.NextDouble())),
            entry.Kind,
            entry.Victim,
            TimeSpan.FromSeconds(entry.LongestSeconds * random.NextDouble() * SignOf(entry.Kind, random))))];
    }

    // A clock jumps in both directions.
    private static int SignOf(MishapKind kind, Random random) => kind == MishapKind.ClockJump && random.Next(2) == 0 ? -1 : 1;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Victim} {Length.TotalSeconds:0.0} s");
}

internal enum MishapKind
{
    Kill,
    Restart,
    Freeze,
    FullDisk,
    ReadOnlyDisk,
    ClockJump,
    NetworkCut,
    Forgery,
}
