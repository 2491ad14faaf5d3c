using System.Text.Json.Serialization;

namespace QatPipeline.Contracts.Lineage;

/// <summary>One line of a run's lineage.ndjson: an OpenLineage run event (openlineage.io, schema 2-0-2).</summary>
public sealed record LineageEvent
{
    /// <summary><c>START</c>, <c>COMPLETE</c>, <c>FAIL</c> or <c>ABORT</c>.</summary>
    public required string EventType { get; init; }

    public required DateTimeOffset EventTime { get; init; }

    public string Producer { get; init; } = LineageFacet.ProducerUri;

    [JsonPropertyName("schemaURL")]
    public string SchemaUrl { get; init; } = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

    public required LineageRun Run { get; init; }

    public required LineageJob Job { get; init; }

    public IReadOnlyList<LineageDataset> Inputs { get; init; } = [];

    public IReadOnlyList<LineageDataset> Outputs { get; init; } = [];
}

/// <summary>One execution of a job; the same for every event about it.</summary>
public sealed record LineageRun(Guid RunId, LineageRunFacets Facets);

/// <summary>What is said about an execution.</summary>
public sealed record LineageRunFacets
{
    public required ParentFacet Parent { get; init; }

    [JsonPropertyName("qatPipeline_stage")]
    public required StageFacet Stage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorFacet? ErrorMessage { get; init; }
}

/// <summary>A stage of a named run specification.</summary>
public sealed record LineageJob(string Namespace, string Name);

/// <summary>An artifact; its version is its digest.</summary>
public sealed record LineageDataset(string Namespace, string Name, LineageDatasetFacets Facets);

public sealed record LineageDatasetFacets(VersionFacet Version);

/// <summary>The two members every OpenLineage facet has.</summary>
public abstract record LineageFacet(
    [property: JsonPropertyName("_schemaURL")] string SchemaUrl)
{
    public const string ProducerUri = "urn:qatpipeline";

    [JsonPropertyName("_producer")]
    public string Producer { get; init; } = ProducerUri;
}

/// <summary>The pipeline run a stage belongs to.</summary>
public sealed record ParentFacet(ParentRun Run, LineageJob Job)
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet");

public sealed record ParentRun(Guid RunId);

/// <summary>Key of the stage, name of the pipeline run, and the run whose execution was reused, if one was.</summary>
public sealed record StageFacet(string PipelineRun, string Key, string? ReusedFrom, string? TraceParent)
    : LineageFacet("urn:qatpipeline:stage-facet:1");

/// <summary>Why an execution failed.</summary>
public sealed record ErrorFacet(string Message, string ProgrammingLanguage = "C#")
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet");

public sealed record VersionFacet(string DatasetVersion)
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet");
