using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;

namespace QatPipeline.Runs;

/// <summary>A stage in the order of all: when a run has it, and the event that tells its completion.</summary>
public sealed record StageRow
{
    private StageRow()
    {
    }

    /// <summary>One of <see cref="StageNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What the stage does, as the end of "the stage …".</summary>
    public required string Does { get; init; }

    /// <summary>Whether a run has the stage; null where every run has it.</summary>
    public Func<RunSpecification, bool>? When { get; init; }

    /// <summary>The service that executes the stage.</summary>
    public required string Service { get; init; }

    /// <summary>The artifact without which the stage's completion in a run cannot be true; null where it gives none.</summary>
    public Func<RunSpecification, string>? Output { get; private init; }

    /// <summary>The verb of the command line that ends the pipeline after this stage; null where there is none.</summary>
    public StageVerb? Verb { get; init; }

    /// <summary>Type of the event that tells the stage's completion; null for the last stage, which ends the run.</summary>
    public Type? Event { get; private init; }

    /// <summary>The queue of the stage: replicas of its service compete for its messages.</summary>
    public string Queue => $"qat-{Name}";

    private Func<string, RunSpecification, IReadOnlyList<ArtifactReference>, IPipelineEvent>? Create { get; init; }

    private Func<IPipelineEvent, bool> IsItsOwn { get; init; } = _ => true;

    /// <summary>A stage that other stages follow.</summary>
    /// <param name="name">One of <see cref="StageNames"/>.</param>
    /// <param name="service">The service that executes it.</param>
    /// <param name="does">What the stage does, as the end of "the stage …".</param>
    /// <param name="output">The artifact without which its completion in a run cannot be true.</param>
    /// <param name="gives">Makes the event of its completion from run id, specification and all artifacts so far.</param>
    /// <param name="isItsOwn">Tells its events from another stage's of the same type; null where it has the type alone.</param>
    public static StageRow Giving<TEvent>(
        string name,
        string service,
        string does,
        Func<RunSpecification, string> output,
        Func<string, RunSpecification, IReadOnlyList<ArtifactReference>, TEvent> gives,
        Func<TEvent, bool>? isItsOwn = null)
        where TEvent : class, IPipelineEvent => new()
        {
            Name = name,
            Service = service,
            Does = does,
            Output = output,
            Event = typeof(TEvent),
            Create = gives,
            IsItsOwn = isItsOwn is null ? _ => true : happened => isItsOwn((TEvent)happened),
        };

    /// <summary>The stage that ends the run.</summary>
    /// <param name="name">One of <see cref="StageNames"/>.</param>
    /// <param name="service">The service that executes it.</param>
    /// <param name="does">What the stage does, as the end of "the stage …".</param>
    public static StageRow Ending(string name, string service, string does) =>
        new() { Name = name, Service = service, Does = does };

    /// <summary>Whether the run has the stage.</summary>
    public bool IsIn(RunSpecification specification) => When is null || When(specification);

    /// <summary>Whether the event tells the completion of this stage.</summary>
    public bool IsToldBy(IPipelineEvent happened) => Event == happened.GetType() && IsItsOwn(happened);

    /// <summary>The event that tells the stage's completion.</summary>
    /// <exception cref="InvalidOperationException">The stage ends the run.</exception>
    public IPipelineEvent Complete(string runId, RunSpecification specification, IReadOnlyList<ArtifactReference> artifacts) =>
        Create?.Invoke(runId, specification, artifacts)
            ?? throw new InvalidOperationException($"The stage '{Name}' is followed by no other.");
}

/// <summary>A verb of the command line that ends the pipeline after a stage.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Example">A run specification of the samples that has the stage.</param>
public sealed record StageVerb(string Name, string Example = "samples/demo/run.yaml");
