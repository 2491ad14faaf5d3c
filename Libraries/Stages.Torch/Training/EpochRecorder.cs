using System.Text.Json;
using QatPipeline.Runs.Json;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>Gathers the epochs of a training, so that a resumed one writes the same history, and tells its progress.</summary>
/// <param name="prefix">What the progress line says before the epoch.</param>
/// <param name="progress">Receives every step.</param>
internal sealed class EpochRecorder(string prefix, IProgress<StageProgress> progress) : IProgress<TrainingProgress>
{
    private State _state = new([], []);
    private double? _selectionAp;
    private bool _isEpochOver;

    public IReadOnlyList<EpochRecord> Epochs => _state.Epochs;

    public void Report(TrainingProgress value)
    {
        _state.StepItems.Add(new Dictionary<string, double>(value.Items));
        _isEpochOver = value.Step == value.StepsPerEpoch;
        var figures = new Dictionary<string, double>(value.Items)
        {
            ["loss"] = value.Loss,
            ["images/s"] = value.ImagesPerSecond,
            ["secondsLeft"] = value.Remaining.TotalSeconds,
        };
        progress.Report(new StageProgress(
            $"{prefix}epoch {value.Epoch + 1} of {value.Epochs}",
            ((long)value.Epoch * value.StepsPerEpoch) + value.Step,
            (long)value.Epochs * value.StepsPerEpoch,
            figures));
    }

    /// <summary>Notes the AP of the epoch under way and gives the score it is chosen by: the AP on the calibration images.</summary>
    public double Evaluated(double selectionAp)
    {
        _selectionAp = selectionAp;
        return selectionAp;
    }

    /// <summary>What <see cref="Restore"/> takes. An epoch whose last step was reported ends here, after its evaluation.</summary>
    public byte[] Save()
    {
        var (epochs, steps) = _state;
        if (_isEpochOver)
        {
            var averages = steps[0].Keys.ToDictionary(item => item, item => steps.Average(step => step[item]));
            epochs.Add(new EpochRecord(epochs.Count, averages, _selectionAp));
            steps.Clear();
            (_selectionAp, _isEpochOver) = (null, false);
        }

        return JsonSerializer.SerializeToUtf8Bytes(_state, PipelineJson.Compact);
    }

    public void Restore(byte[] saved) =>
        // Float trainings begun with version 0.1 hold their epochs alone.
        _state = saved is [(byte)'[', ..]
            ? new State(JsonSerializer.Deserialize<List<EpochRecord>>(saved, PipelineJson.Compact)!, [])
            : JsonSerializer.Deserialize<State>(saved, PipelineJson.Compact)!;

    private sealed record State(List<EpochRecord> Epochs, List<Dictionary<string, double>> StepItems);
}
