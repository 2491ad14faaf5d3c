using System.Text.Json.Serialization;

namespace QatPipeline.Contracts.Lineage;

/// <summary>One line of a run's lineage.ndjson: an OpenLineage run event (openlineage.io, schema 2-0-2).</summary>
public sealed record LineageEvent
{
    /// <summary><c>START</c>, <c>COMPLETE</c>, <c>FAIL</c> or <c>ABORT</c>.</summary>
    public required string EventType { get; init; }

    /// <summary>When the change of state happened, not when it was written.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>URI of the program that wrote the event.</summary>
    public string Producer { get; init; } = LineageFacet.ProducerUri;

    /// <summary>The definition in the OpenLineage schema that the event follows.</summary>
    [JsonPropertyName("schemaURL")]
    public string SchemaUrl { get; init; } = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

    /// <summary>The execution the event is about, with its facets.</summary>
    public required LineageRun Run { get; init; }

    /// <summary>What was executed.</summary>
    public required LineageJob Job { get; init; }

    /// <summary>The artifacts the execution read; empty where the event names none.</summary>
    public IReadOnlyList<LineageDataset> Inputs { get; init; } = [];

    /// <summary>The artifacts the execution gave; empty before it is complete.</summary>
    public IReadOnlyList<LineageDataset> Outputs { get; init; } = [];
}

/// <summary>One execution of a job; the same for every event about it.</summary>
public sealed record LineageRun(Guid RunId, LineageRunFacets Facets);

/// <summary>What is said about an execution.</summary>
public sealed record LineageRunFacets
{
    /// <summary>The pipeline run the execution belongs to.</summary>
    public required ParentFacet Parent { get; init; }

    /// <summary>What this project adds to the standard: key, reuse and trace of the stage.</summary>
    [JsonPropertyName("qatPipeline_stage")]
    public required StageFacet Stage { get; init; }

    /// <summary>Why the execution failed; null, and not written, for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorFacet? ErrorMessage { get; init; }
}

/// <summary>A stage of a named run specification.</summary>
public sealed record LineageJob(string Namespace, string Name);

/// <summary>An artifact; its version is its digest.</summary>
public sealed record LineageDataset(string Namespace, string Name, LineageDatasetFacets Facets);

/// <summary>What is said about an artifact: its version alone.</summary>
public sealed record LineageDatasetFacets(VersionFacet Version);

/// <summary>The two members every OpenLineage facet has.</summary>
public abstract record LineageFacet(
    [property: JsonPropertyName("_schemaURL")] string SchemaUrl)
{
    /// <summary>The producer that every event and facet of this project names.</summary>
    public const string ProducerUri = "urn:qatpipeline";

    /// <summary>URI of the program that wrote the facet.</summary>
    [JsonPropertyName("_producer")]
    public string Producer { get; init; } = ProducerUri;
}

/// <summary>The pipeline run a stage belongs to.</summary>
public sealed record ParentFacet(ParentRun Run, LineageJob Job)
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet");

/// <summary>The parent by its OpenLineage id; the name of the pipeline run is in <see cref="StageFacet"/>.</summary>
public sealed record ParentRun(Guid RunId);

/// <summary>
/// Key of the stage, name of the pipeline run, the run whose execution was reused, if one was, and how many processes share the work.
/// </summary>
public sealed record StageFacet(string PipelineRun, string Key, string? ReusedFrom, string? TraceParent, int Processes = 1)
    : LineageFacet("urn:qatpipeline:stage-facet:1");

/// <summary>Why an execution failed.</summary>
public sealed record ErrorFacet(string Message, string ProgrammingLanguage = "C#")
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet");

/// <summary>The version of an artifact: its lower-case hex SHA-256.</summary>
public sealed record VersionFacet(string DatasetVersion)
    : LineageFacet("https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet");
