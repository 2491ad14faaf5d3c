using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>Gathers the history of a training while it runs, so that a resumed one writes the same history.</summary>
internal sealed class HistoryRecorder : IProgress<TrainingProgress>
{
    private readonly IProgress<StageProgress> _progress;
    private readonly State _state;

    public HistoryRecorder(byte[]? saved, IProgress<StageProgress> progress)
    {
        _progress = progress;
        _state = saved is null ? new State([], []) : JsonSerializer.Deserialize<State>(saved, PipelineJson.Compact)!;
    }

    public IReadOnlyList<EpochRecord> Epochs => _state.Epochs;

    public void Report(TrainingProgress value)
    {
        _state.Add(value);
        _progress.Report(value.ToStageProgress($"epoch {value.Epoch + 1} of {value.Epochs}"));
    }

    /// <summary>Ends the epoch; the score it is chosen by is the AP on the calibration images.</summary>
    public double Finish(MeasuredGraph measured)
    {
        _state.Finish(measured);
        return measured.SelectionAp;
    }

    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(_state, PipelineJson.Compact);

    private sealed record State(List<EpochRecord> Epochs, List<Dictionary<string, double>> StepItems)
    {
        public void Add(TrainingProgress value) => StepItems.Add(new Dictionary<string, double>(value.Items));

        public void Finish(MeasuredGraph measured)
        {
            Epochs.Add(EpochRecords.Of(Epochs.Count, StepItems, measured));
            StepItems.Clear();
        }
    }
}
