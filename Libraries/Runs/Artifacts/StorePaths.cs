using System.Globalization;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Where things are in the blob store.</summary>
public static class StorePaths
{
    /// <summary>Prefix of all artifacts.</summary>
    public const string Artifacts = "artifacts/sha256/";

    /// <summary>Prefix of all runs; the folders below it are their ids.</summary>
    public const string Runs = "runs/";

    /// <summary>Prefix of the records of all stage executions.</summary>
    public const string StageRecords = "stages/";

    /// <summary>Prefix of all unfinished work.</summary>
    public const string AllCheckpoints = "checkpoints/";

    /// <summary>Prefix of all leases.</summary>
    public const string Leases = "leases/";

    /// <summary>Prefix of damaged blobs that were put aside.</summary>
    public const string Quarantine = "quarantine/";

    /// <summary>Prefix of the keys that the gateways' forms are signed with.</summary>
    public const string FormKeys = "gateway/keys/";

    /// <summary>The content with that lower-case hex SHA-256.</summary>
    public static string Artifact(string sha256) => Artifacts + BlobNames.Digest(sha256);

    /// <summary>The digest that an artifact's blob name says; null for the name of any other blob.</summary>
    public static string? DigestOf(string name) => name.StartsWith(Artifacts, StringComparison.Ordinal) ? name[Artifacts.Length..] : null;

    /// <summary>Where the blob is put aside for the n-th time.</summary>
    public static string Quarantined(string name, int n) => string.Create(CultureInfo.InvariantCulture, $"{Quarantine}{n}/{name}");

    /// <summary>The key of the gateways' forms that n others came before.</summary>
    public static string FormKey(int n) => string.Create(CultureInfo.InvariantCulture, $"{FormKeys}{n:D4}.xml");

    /// <summary>The committed record of a stage execution.</summary>
    public static string StageRecord(string key) => $"{StageRecords}{BlobNames.Digest(key)}.json";

    /// <summary>What a worker holds while it executes the stage.</summary>
    public static string Lease(string key) => $"{Leases}{BlobNames.Digest(key)}";

    /// <summary>Prefix of the unfinished work of the stage execution with that key.</summary>
    public static string Checkpoints(string key) => $"{AllCheckpoints}{BlobNames.Digest(key)}/";

    /// <summary>One named blob of that unfinished work.</summary>
    public static string Checkpoint(string key, string name) => Checkpoints(key) + BlobNames.FileName(name);

    /// <summary>Prefix of everything that belongs to the run alone.</summary>
    public static string Run(string runId) => $"{Runs}{BlobNames.FileName(runId)}/";

    /// <summary>A run's specification.</summary>
    public static string Specification(string runId) => Run(runId) + "specification.json";

    /// <summary>Where a run stands.</summary>
    public static string Status(string runId) => Run(runId) + "status.json";

    /// <summary>Exists once the run was cancelled.</summary>
    public static string Cancelled(string runId) => Run(runId) + "cancelled.json";

    /// <summary>Exists once the run is complete.</summary>
    public static string Completed(string runId) => Run(runId) + "completed.json";

    /// <summary>A run's OpenLineage events, one a line.</summary>
    public static string Lineage(string runId) => Run(runId) + "lineage.ndjson";

    /// <summary>Which execution a run took for the stage.</summary>
    public static string RunStage(string runId, string stage) => $"{Run(runId)}stages/{BlobNames.FileName(stage)}.json";

    /// <summary>Prefix of a run's artifacts and report files by readable name.</summary>
    public static string RunFiles(string runId) => Run(runId) + "files/";

    /// <summary>A run's artifact under its readable name.</summary>
    public static string RunFile(string runId, string name) => RunFiles(runId) + BlobNames.FileName(name);
}
