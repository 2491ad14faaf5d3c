namespace QatPipeline.Torch.Training;

/// <summary>
/// The training of a network, whatever its objective, schedule and optimizer. Stopping anywhere and resuming from the last checkpoint
/// gives the bits of an unbroken training, given the same batches, device and number of threads.
/// </summary>
/// <param name="state">Network and optimizer; owned.</param>
/// <param name="objective">What is made small; owned.</param>
/// <param name="schedule">Learning rates.</param>
/// <param name="format">The form of checkpoints.</param>
/// <param name="options">Length, evaluations, checkpoints.</param>
/// <param name="time">Measures the pace.</param>
public sealed class Trainer(
    TrainingState state,
    ITrainingObjective objective,
    ITrainingSchedule schedule,
    ICheckpointFormat format,
    TrainingOptions options,
    TimeProvider? time = null) : IDisposable
{
    private readonly TrainingClock _clock = new(time ?? TimeProvider.System);
    private readonly double _batchNormMomentum = state.Network.BatchNormMomentum;

    /// <summary>Trains to the end, from where a loaded checkpoint stood or from the start.</summary>
    /// <exception cref="TorchExecutionException">The loss is no longer a number, or a batch misses labels that are needed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public async Task<TrainingResult> TrainAsync(
        ITrainingBatches batches, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        var next = Read(batches, cancellationToken);
        while (next is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = await next;
            var position = new StepPosition(state.Position.Epoch, state.Position.Step, options.Epochs, batches.StepsPerEpoch);
            state.Position = position.EndsEpoch ? (position.Epoch + 1, 0) : (position.Epoch, position.Step + 1);
            next = Read(batches, cancellationToken);

            var progress = Step(batch, position);
            callbacks?.Progress?.Report(progress);
            if (position.EndsEpoch && callbacks?.Evaluate is { } evaluate && options.IsEvaluated(position.Epoch))
            {
                var graph = state.AveragedGraph();
                Rank(graph, new EpochScore(position.Epoch, await evaluate(graph, cancellationToken)), callbacks.Baseline);
            }

            if (callbacks?.Checkpoint is { } checkpoint && options.IsCheckpointed(position))
            {
                state.Level();
                await checkpoint(Save, cancellationToken);
            }
        }

        return state.Best is { } best
            ? new TrainingResult(best, state.BestEpoch, state.Scores)
            : new TrainingResult(state.AveragedGraph(), options.Epochs - 1, state.Scores);
    }

    /// <summary>Writes everything that an exact resume needs.</summary>
    public void Save(Stream stream) => format.Save(state, stream);

    /// <summary>Takes over a checkpoint of the same network and options.</summary>
    /// <param name="stream">Can seek.</param>
    /// <exception cref="Foundation.InputException">It is damaged or does not fit.</exception>
    public void Load(Stream stream) => format.Load(state, stream);

    /// <summary>Frees network, optimizer and objective; the graphs it returned stay.</summary>
    public void Dispose()
    {
        objective.Dispose();
        state.Dispose();
    }

    // The next batch is read while a step runs; nothing is read beyond the last epoch.
    private Task<TrainingInput>? Read(ITrainingBatches batches, CancellationToken cancellationToken) =>
        state.Position.Epoch < options.Epochs ? batches.ReadAsync(state.Position.Epoch, state.Position.Step, cancellationToken) : null;

    private TrainingProgress Step(TrainingInput batch, StepPosition position)
    {
        _clock.Start();
        var values = schedule.At(position);
        state.Network.UsesBatchStatistics = position.Epoch < options.BatchStatisticsEpochs;
        state.Network.BatchNormMomentum = state.PendingBatches % options.Ranks == 0 ? _batchNormMomentum : 0;
        var items = Backward(batch, position);
        state.AddBatch(values);
        var images = batch.Images.Count * state.Network.Ranks.Size;
        _clock.Stop(images);

        var loss = items.Values.Sum();
        return double.IsFinite(loss)
            ? new TrainingProgress(
                position.Epoch,
                position.Epochs,
                position.Step + 1,
                position.StepsPerEpoch,
                images,
                values.Rate,
                loss,
                items,
                _clock.ImagesPerSecond,
                _clock.Remaining(position.Total - position.Index - 1))
            : throw new TorchExecutionException(
                $"The loss of epoch {position.Epoch}, step {position.Step} is {loss} at a learning rate of {values.Rate}: "
                + "lower the learning rate, lengthen the warm-up, or check images and labels.");
    }

    private Dictionary<string, double> Backward(TrainingInput batch, StepPosition position)
    {
        using var scope = NewDisposeScope();
        var images = batch.Images.ToTensor(state.Network.Device);
        var loss = objective.Compute(state.Network.Forward(images, objective.Values), images, batch, position);
        loss.Total.backward();
        return Total(loss.Items);
    }

    // What the ranks have are parts of the whole batch's items.
    private Dictionary<string, double> Total(IReadOnlyDictionary<string, double> items)
    {
        double[] totals = [.. items.Values];
        state.Network.Ranks.Sum(totals);
        return items.Keys.Zip(totals).ToDictionary(item => item.First, item => item.Second, StringComparer.Ordinal);
    }

    private void Rank(Graph graph, EpochScore score, double baseline)
    {
        var best = state.Scores.Select(earlier => earlier.Score).DefaultIfEmpty(double.NegativeInfinity).Max();
        var isEqual = options.ScoreTolerance is { } tolerance
            && score.Score >= best - tolerance && (score.Score > baseline || best <= baseline);
        if (state.Best is null || isEqual || score.Score > best)
        {
            (state.Best, state.BestEpoch) = (graph, score.Epoch);
        }

        state.Scores.Add(score);
    }
}
