using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.Distillation;

/// <summary>
/// Quantization-aware training: fine-tunes a calibrated graph, fake-quantized, toward its float teacher. No labels are needed; a task
/// loss can be added. Stopping anywhere and resuming from the last checkpoint gives the bits of an unbroken training, given the same
/// batches, device and number of threads.
/// </summary>
public sealed class QatTrainer : IDisposable
{
    private readonly QatOptions _options;
    private readonly TorchNetwork _student;
    private readonly TorchNetwork _teacher;
    private readonly QatState _state;
    private readonly DistillationObjective _objective;
    private readonly IReadOnlyList<string> _teacherValues;
    private readonly IReadOnlyList<string> _studentValues;
    private readonly ITaskLoss? _task;
    private readonly TrainingClock _clock;

    /// <param name="graph">The calibrated graph to train; it is not changed.</param>
    /// <param name="options">How to train.</param>
    /// <param name="teacher">The float graph to learn from, with the same names; the graph itself, unquantized, where null.</param>
    /// <param name="task">A loss on labels, added to the distillation.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="time">Measures the rate.</param>
    /// <exception cref="TorchExecutionException">The graph is not calibrated, or cannot be run.</exception>
    public QatTrainer(
        Graph graph, QatOptions options, Graph? teacher = null, ITaskLoss? task = null, Device? device = null, TimeProvider? time = null)
    {
        if (!graph.Quantizers.Exists(quantizer => quantizer is { IsEnabled: true, IsCalibrated: true }))
        {
            throw new TorchExecutionException(
                $"graph '{graph.Name}' has no calibrated quantizers to train with; place quantizers and calibrate first");
        }

        var targets = options.Targets ?? DistillationTargets.Find(graph);
        (_options, _task, _clock) = (options, task, new TrainingClock(time ?? TimeProvider.System));
        _student = new TorchNetwork(graph, device)
        {
            Mode = ExecutionMode.FakeQuantize,
            IsTraining = true,
            RefreshesWeightRanges = options.RefreshesWeightRanges,
        };
        _teacher = new TorchNetwork(teacher ?? graph, device);
        _state = new QatState(_student, options);
        _objective = new DistillationObjective(targets, options);
        _teacherValues = targets.Names;
        _studentValues = [.. targets.Names.Concat(task?.Values ?? []).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The epoch and step that come next, both 0-based.</summary>
    public (int Epoch, int Step) Position => _state.Position;

    /// <summary>Trains to the end, from where a loaded checkpoint stood or from the start.</summary>
    /// <exception cref="TorchExecutionException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public async Task<QatResult> TrainAsync(
        ITrainingBatches batches, QatCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        var schedule = new TrainingSchedule(_options, batches.StepsPerEpoch);
        var next = Read(batches, _state.Position, cancellationToken);
        while (_state.Position.Epoch < _options.Epochs)
        {
            var (epoch, step) = _state.Position;
            cancellationToken.ThrowIfCancellationRequested();
            var batch = await next!;
            var following = step + 1 < batches.StepsPerEpoch ? (epoch, step + 1) : (epoch + 1, 0);
            next = Read(batches, following, cancellationToken);

            var progress = TrainStep(batch, schedule, batches.StepsPerEpoch);
            callbacks?.Progress?.Report(progress);
            _state.Position = following;
            var isEpochEnd = following.Item2 == 0;
            if (isEpochEnd)
            {
                await FinishEpochAsync(epoch, callbacks, cancellationToken);
            }

            if (callbacks?.Checkpoint is { } checkpoint && (isEpochEnd || following.Item2 % _options.CheckpointSteps == 0))
            {
                await checkpoint(Save, cancellationToken);
            }
        }

        return new QatResult(
            _state.Best ?? _state.AveragedGraph(),
            _state.Best is null ? _options.Epochs - 1 : _state.BestEpoch,
            _state.Scores);
    }

    /// <summary>Writes everything that an exact resume needs.</summary>
    public void Save(Stream stream) => QatCheckpoint.Save(_state, stream);

    /// <summary>Takes over a checkpoint of the same graph and options.</summary>
    /// <exception cref="TorchExecutionException">It does not fit.</exception>
    public void Load(Stream stream) => QatCheckpoint.Load(_state, stream);

    /// <summary>The graph with the averaged weights and ranges as they are now.</summary>
    public Graph CurrentGraph() => _state.AveragedGraph();

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _student.Dispose();
        _teacher.Dispose();
    }

    // Nothing is read beyond the last epoch.
    private Task<TrainingBatch>? Read(ITrainingBatches batches, (int Epoch, int Step) position, CancellationToken cancellationToken) =>
        position.Epoch < _options.Epochs ? batches.ReadAsync(position.Epoch, position.Step, cancellationToken) : null;

    private TrainingProgress TrainStep(TrainingBatch batch, TrainingSchedule schedule, int stepsPerEpoch)
    {
        var (epoch, step) = _state.Position;
        var index = ((long)epoch * stepsPerEpoch) + step;
        _clock.Start();
        var rate = schedule.RateAt(index);
        _student.UsesBatchStatistics = schedule.UsesBatchStatistics(epoch);
        var items = Learn(batch, rate, epoch);
        _clock.Stop(batch.Images.Count);

        var loss = items.Values.Sum();
        if (!double.IsFinite(loss))
        {
            throw new TorchExecutionException(
                $"the loss of epoch {epoch}, step {step} is {loss}: lower LearningRate ({_options.LearningRate}) "
                + $"or RangeLearningRate ({_options.RangeLearningRate}), or check the images");
        }

        return new TrainingProgress(
            epoch,
            _options.Epochs,
            step + 1,
            stepsPerEpoch,
            _options.LearningRate * rate,
            loss,
            items,
            _clock.ImagesPerSecond,
            _clock.Remaining(schedule.TotalSteps - index - 1));
    }

    private Dictionary<string, double> Learn(TrainingBatch batch, double rate, int epoch)
    {
        using var scope = NewDisposeScope();
        var images = batch.Images.ToTensor(_student.Device);
        var expected = _teacher.Forward(images, _teacherValues);
        var actual = _student.Forward(images, _studentValues);
        var items = _objective.Compute(actual, expected)
            .Concat(_task?.Compute(actual, batch, epoch) ?? new Dictionary<string, Tensor>())
            .ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);
        _state.Optimizer.ZeroGradients();
        items.Values.Aggregate((sum, item) => sum + item).backward();
        _state.Optimizer.Step(rate);
        return items.ToDictionary(item => item.Key, item => (double)item.Value.item<float>(), StringComparer.Ordinal);
    }

    private async Task FinishEpochAsync(int epoch, QatCallbacks? callbacks, CancellationToken cancellationToken)
    {
        if (callbacks?.Evaluate is not { } evaluate)
        {
            return;
        }

        var graph = _state.AveragedGraph();
        var score = await evaluate(graph, cancellationToken);
        if (_state.Best is null || score >= _state.Scores.Max() - _options.ScoreTolerance)
        {
            (_state.Best, _state.BestEpoch) = (graph, epoch);
        }

        _state.Scores.Add(score);
    }
}
