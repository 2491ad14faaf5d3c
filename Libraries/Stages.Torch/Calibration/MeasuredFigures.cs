using System.Text.Json;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>APs measured so far, kept as a checkpoint: after a kill nothing is measured twice.</summary>
internal sealed class MeasuredFigures
{
    private const string Checkpoint = "measured.json";

    private readonly ICheckpointStore _checkpoints;
    private readonly Dictionary<string, double[]> _known;

    private MeasuredFigures(ICheckpointStore checkpoints, Dictionary<string, double[]> known) =>
        (_checkpoints, _known) = (checkpoints, known);

    public static async Task<MeasuredFigures> OpenAsync(ICheckpointStore checkpoints, CancellationToken cancellationToken)
    {
        var content = await checkpoints.ReadAsync(Checkpoint, cancellationToken);
        return new MeasuredFigures(checkpoints, content is null ? [] : JsonSerializer.Deserialize<Dictionary<string, double[]>>(content)!);
    }

    /// <summary>The figures under a key, measured where they are not known yet. Doubles survive JSON bit for bit.</summary>
    public async Task<double[]> GetAsync(string key, Func<Task<double[]>> measure, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(key, out var figures))
        {
            figures = await measure();
            _known[key] = figures;
            await _checkpoints.WriteAsync(Checkpoint, JsonSerializer.SerializeToUtf8Bytes(_known), cancellationToken);
        }

        return figures;
    }
}
