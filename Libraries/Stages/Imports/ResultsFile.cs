using System.Text.Json;
using QatPipeline.Runs.Json;

namespace QatPipeline.Stages.Imports;

/// <summary>results.json as the script of a delivery writes it.</summary>
/// <param name="TensorRt">The version in trtexec's own digits.</param>
/// <param name="Gpu">The GPU, or an empty text.</param>
/// <param name="Host">The machine's name.</param>
/// <param name="Engines">The engines that were built.</param>
internal sealed record ResultsFile(string TensorRt, string Gpu, string Host, IReadOnlyList<EngineResult> Engines)
{
    private const long MaximumLength = 16 << 20;

    /// <exception cref="ImportException">The file is not such a file.</exception>
    public static async Task<ResultsFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > MaximumLength)
        {
            throw new ImportException(path, "it is larger than 16 MiB, which no delivery's results are");
        }

        try
        {
            return JsonSerializer.Deserialize<ResultsFile>(await File.ReadAllBytesAsync(path, cancellationToken), PipelineJson.Strict)
                ?? throw new ImportException(path, "it holds nothing");
        }
        catch (JsonException exception)
        {
            throw new ImportException(path, $"it is not what a delivery's script writes: {exception.Message}", exception);
        }
    }
}

/// <summary>One engine of <see cref="ResultsFile"/>.</summary>
/// <param name="Engine">Its file.</param>
/// <param name="Precision"><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</param>
/// <param name="Batch">The batch it takes.</param>
/// <param name="Sha256">SHA-256 of the file.</param>
/// <param name="ModelSha256">SHA-256 of the model it was built from.</param>
/// <param name="Command">The command line that built it.</param>
/// <param name="Detections">COCO results beside the file, or null.</param>
/// <param name="Summary">The lines of trtexec's performance summary.</param>
internal sealed record EngineResult(
    string Engine, string Precision, int Batch, string Sha256, string ModelSha256, string Command, string? Detections,
    IReadOnlyList<string> Summary);
