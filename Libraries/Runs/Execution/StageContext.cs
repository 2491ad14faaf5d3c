using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Execution;

/// <summary>One execution of a stage: its inputs from the store, its outputs and measurements kept until it commits.</summary>
internal sealed class StageContext(
    RunContext run,
    string stage,
    IReadOnlyList<ArtifactReference> inputs,
    ArtifactStore artifacts,
    ICheckpointStore checkpoints,
    string folder,
    IProgress<StageProgress> progress,
    ILogger logger) : IStageContext, IDisposable
{
    private readonly ConcurrentDictionary<string, FileStream> _inputs = new();
    private readonly ConcurrentDictionary<string, string> _outputs = new();
    private readonly ConcurrentDictionary<string, JsonElement> _measurements = new();

    public string RunId => run.RunId;

    public RunSpecification Specification => run.Specification;

    public ILogger Logger => logger;

    public IProgress<StageProgress> Progress => progress;

    public ICheckpointStore Checkpoints => checkpoints;

    public IReadOnlyDictionary<string, JsonElement> Measurements => _measurements;

    public async Task<string> OpenInputAsync(string name, CancellationToken cancellationToken)
    {
        var artifact = inputs.FirstOrDefault(input => input.Name == name) ?? throw new StageInputException(
            $"The stage '{stage}' opened '{name}' without naming it among its inputs: add it to the stage's Inputs.");
        var content = await artifacts.FetchAsync(artifact, cancellationToken);

        // While it is open, its copy stays in the cache.
        if (File.OpenRead(content) is var held && !_inputs.TryAdd(name, held))
        {
            await held.DisposeAsync();
        }

        // Readable name and extension matter to some readers; the content stays in the cache.
        var link = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "inputs")).FullName, BlobNames.FileName(name));
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, content);
        }

        return link;
    }

    public bool HasInput(string name) => inputs.Any(input => input.Name == name);

    public string OutputPath(string name) => _outputs.GetOrAdd(
        BlobNames.FileName(name), file => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "outputs")).FullName, file));

    public void Measure(string name, object value) =>
        _measurements[name] = JsonSerializer.SerializeToElement(value, value.GetType(), PipelineJson.Compact);

    public void Dispose()
    {
        foreach (var input in _inputs.Values)
        {
            input.Dispose();
        }
    }

    public async Task<IReadOnlyList<ArtifactReference>> PublishAsync(CancellationToken cancellationToken)
    {
        var published = new List<ArtifactReference>();
        foreach (var (name, path) in _outputs.OrderBy(output => output.Key, StringComparer.Ordinal))
        {
            if (!File.Exists(path))
            {
                throw new StageInputException($"The stage '{stage}' asked for the output '{name}' but did not write it.");
            }

            published.Add(await artifacts.PutAsync(name, path, cancellationToken));
        }

        return published;
    }
}
