using System.Text.Json;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;

namespace QatPipeline.Stages.Reports;

/// <summary>Records as artifacts: written by a stage, read back as the same record.</summary>
public static class JsonArtifact
{
    /// <summary>Writes a record as an output of the stage.</summary>
    public static Task WriteAsync<T>(IStageContext context, string name, T record, CancellationToken cancellationToken) =>
        File.WriteAllBytesAsync(
            context.OutputPath(name), JsonSerializer.SerializeToUtf8Bytes(record, PipelineJson.Options), cancellationToken);

    /// <summary>Reads a record.</summary>
    /// <param name="path">The local file.</param>
    /// <param name="name">The artifact, for the error.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArtifactException">The file holds no such record.</exception>
    public static async Task<T> ReadAsync<T>(string path, string name, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        try
        {
            return (await JsonSerializer.DeserializeAsync<T>(stream, PipelineJson.Options, cancellationToken))!;
        }
        catch (JsonException exception)
        {
            throw new ArtifactException(
                $"{name} cannot be read by this version: {exception.Message.TrimEnd('.')}. Run the stage that writes it again.",
                exception);
        }
    }
}
