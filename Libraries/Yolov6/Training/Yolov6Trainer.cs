using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// Trains a YOLOv6 graph as the reference does: hyper-search and RepVGG forms with ordinary SGD, the RepOpt form with RepOptimizer,
/// float or fake-quantized, with or without a teacher. Resuming from a checkpoint gives the bits of an unbroken training, given the same
/// batches, device and number of threads.
/// </summary>
public sealed class Yolov6Trainer : IDisposable
{
    private readonly Yolov6TrainingOptions _options;
    private readonly Yolov6TrainingState _state;
    private readonly Yolov6Objective _objective;
    private readonly Teacher? _teacher;
    private readonly IReadOnlyList<string> _values;
    private readonly TrainingClock _clock;

    /// <param name="graph">The network; it is not changed.</param>
    /// <param name="options">How to train.</param>
    /// <param name="scales">The scales of a RepOpt network, which make it train by RepOptimizer.</param>
    /// <param name="teacher">The float network to learn from where the options say so.</param>
    /// <param name="device">Where to train; CUDA if there is one by default.</param>
    /// <param name="time">Measures the rate.</param>
    /// <exception cref="ArgumentException">An option is out of range, or teacher or scales are missing.</exception>
    /// <exception cref="CheckpointException">The scales do not fit the network.</exception>
    /// <exception cref="GraphException">The graph was not built as a YOLOv6.</exception>
    public Yolov6Trainer(
        Graph graph,
        Yolov6TrainingOptions options,
        RepScales? scales = null,
        Graph? teacher = null,
        Device? device = null,
        TimeProvider? time = null)
    {
        options.Validate();
        if (options.Distillation is not null && teacher is null)
        {
            throw new ArgumentException("Distillation needs a teacher: the float network before quantization.");
        }

        if (options.Reinitialize && scales is null)
        {
            throw new ArgumentException("Re-initialisation needs the scales of a hyper-search run.");
        }

        var where = device ?? TorchDevices.Default;
        var outputs = Yolov6Outputs.Of(graph);
        (_options, _clock) = (options, new TrainingClock(time ?? TimeProvider.System));
        _values = options.Distillation is { Features: true } ? outputs.TrainingValues : [outputs.Scores, outputs.Distances];
        _state = new Yolov6TrainingState(graph, options, scales, where);
        _objective = new Yolov6Objective(outputs, options, where);
        _teacher = options.Distillation is { } distillation ? new Teacher(teacher!, distillation.TeacherUsesBatchStatistics, where) : null;
    }

    /// <summary>The epoch and step that come next, both 0-based.</summary>
    public (int Epoch, int Step) Position => _state.Position;

    /// <summary>Trains to the end, from where a loaded checkpoint stood or from the start.</summary>
    /// <param name="batches">With <see cref="DetectionLabels"/> as labels.</param>
    /// <param name="callbacks">Evaluation, checkpoints, progress.</param>
    /// <param name="cancellationToken">Ends between two steps.</param>
    /// <exception cref="TorchExecutionException">The loss is no longer a number, or a batch has no labels.</exception>
    public async Task<Yolov6TrainingResult> TrainAsync(
        ITrainingBatches batches, Yolov6TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        var schedule = new TrainingSchedule(_options.Schedule, _options.Epochs, batches.StepsPerEpoch, _options.Batch);
        var next = Read(batches, cancellationToken);
        while (next is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = await next;
            var (epoch, step) = _state.Position;
            var isEpochEnd = step + 1 == batches.StepsPerEpoch;
            _state.Position = isEpochEnd ? (epoch + 1, 0) : (epoch, step + 1);
            next = Read(batches, cancellationToken);

            var progress = TrainStep(batch, (epoch, step), schedule, batches.StepsPerEpoch, callbacks);
            callbacks?.Progress?.Report(progress);
            if (isEpochEnd)
            {
                await FinishEpochAsync(epoch, callbacks, cancellationToken);
            }
        }

        return new Yolov6TrainingResult(_state.GraphWith(_state.Best ?? _state.Average.SaveState()), BestEpoch, _state.Scores);
    }

    /// <summary>Writes everything that an exact resume needs.</summary>
    public void Save(Stream stream) => Yolov6TrainingCheckpoint.Save(_state, stream);

    /// <summary>Takes over a checkpoint of the same network and options.</summary>
    /// <param name="stream">Can seek.</param>
    /// <exception cref="CheckpointException">It is damaged or does not fit.</exception>
    public void Load(Stream stream) => Yolov6TrainingCheckpoint.Load(_state, stream);

    /// <summary>The graph with the averaged weights as they are now.</summary>
    public Graph CurrentGraph() => _state.GraphWith(_state.Average.SaveState());

    /// <summary>Frees the networks, the optimizer's state and the averages; the graphs it returned stay.</summary>
    public void Dispose()
    {
        _teacher?.Dispose();
        _objective.Dispose();
        _state.Dispose();
    }

    private int BestEpoch => _state.Scores.Count == 0 ? _options.Epochs - 1 : _state.Scores.MaxBy(score => score.Score).Epoch;

    // The next batch is read while a step runs; nothing is read beyond the last epoch.
    private Task<TrainingBatch>? Read(ITrainingBatches batches, CancellationToken cancellationToken) =>
        _state.Position.Epoch < _options.Epochs ? batches.ReadAsync(_state.Position.Epoch, _state.Position.Step, cancellationToken) : null;

    private TrainingProgress TrainStep(
        TrainingBatch batch, (int Epoch, int Step) at, TrainingSchedule schedule, int stepsPerEpoch, Yolov6TrainingCallbacks? callbacks)
    {
        _clock.Start();
        var iteration = ((long)at.Epoch * stepsPerEpoch) + at.Step;
        var values = schedule.At(at.Epoch, iteration);
        TrainingSchedule.Apply(values, _state.Optimizer);
        _state.Network.UsesBatchStatistics = _state.UsesBatchStatistics(at.Epoch);
        var items = Backward(batch, at.Epoch);
        callbacks?.ReduceGradients?.Invoke(_state.Network.Parameters);
        _state.AddIteration(values.Accumulation);
        _clock.Stop(batch.Images.Count);

        var total = items.Values.Sum();
        if (!double.IsFinite(total))
        {
            throw new TorchExecutionException(
                $"the loss of epoch {at.Epoch}, step {at.Step} is {total}: lower LearningRate ({_options.Schedule.LearningRate}), "
                + "lengthen the warm-up, or check images and labels");
        }

        return new TrainingProgress(
            at.Epoch, _options.Epochs, at.Step + 1, stepsPerEpoch, values.Rate, total, items, _clock.ImagesPerSecond,
            _clock.Remaining(((long)_options.Epochs * stepsPerEpoch) - iteration - 1));
    }

    private Dictionary<string, double> Backward(TrainingBatch batch, int epoch)
    {
        using var scope = NewDisposeScope();
        var images = batch.Images.ToTensor(_state.Network.Device);
        var expected = _teacher?.Forward(images);
        var (total, items) = _objective.Compute(_state.Network.Forward(images, _values), expected, batch, epoch);
        total.backward();
        return items;
    }

    private async Task FinishEpochAsync(int epoch, Yolov6TrainingCallbacks? callbacks, CancellationToken cancellationToken)
    {
        if (callbacks?.Evaluate is { } evaluate && _options.IsEvaluated(epoch))
        {
            var values = _state.Average.SaveState();
            var score = await evaluate(_state.GraphWith(values), cancellationToken);
            if (_state.Best is null || score > _state.Scores.Max(earlier => earlier.Score))
            {
                _state.Best = values;
            }

            _state.Scores.Add(new EpochScore(epoch, score));
        }

        if (callbacks?.Checkpoint is { } checkpoint)
        {
            await checkpoint(Save, cancellationToken);
        }
    }
}
