using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>Gathers the epochs of one stage of the float training and tells its progress.</summary>
/// <param name="name">What the progress line calls the stage.</param>
/// <param name="progress">Receives every step.</param>
internal sealed class FloatTrainingRecorder(string name, IProgress<StageProgress> progress) : IProgress<TrainingProgress>
{
    private readonly List<EpochRecord> _epochs = [];
    private readonly List<IReadOnlyDictionary<string, double>> _steps = [];
    private MeasuredGraph? _measured;

    public IReadOnlyList<EpochRecord> Epochs => _epochs;

    public void Report(TrainingProgress value)
    {
        _steps.Add(new Dictionary<string, double>(value.Items));
        progress.Report(value.ToStageProgress($"{name}, epoch {value.Epoch + 1} of {value.Epochs}"));
    }

    /// <summary>Notes the AP of the epoch under way and gives the score it is chosen by.</summary>
    public double Evaluated(MeasuredGraph measured)
    {
        _measured = measured;
        return measured.SelectionAp;
    }

    /// <summary>Ends the epoch and gives what <see cref="Restore"/> takes.</summary>
    public byte[] FinishEpoch()
    {
        _epochs.Add(EpochRecords.Of(_epochs.Count, _steps, _measured));
        _steps.Clear();
        _measured = null;
        return JsonSerializer.SerializeToUtf8Bytes(_epochs, PipelineJson.Compact);
    }

    public void Restore(byte[] saved)
    {
        _epochs.Clear();
        _epochs.AddRange(JsonSerializer.Deserialize<List<EpochRecord>>(saved, PipelineJson.Compact)!);
    }
}
