using System.Diagnostics;
using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Ranks;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Benchmarks.Ranks;

/// <summary>
/// A process that <c>mpiexec</c> starts: steps of the stage's own training, some in every turn that it is given. The first of a way's
/// processes writes the figures of each turn in a line.
/// </summary>
internal sealed class Worker(Way way, string turns, int steps, MeteredCollective ranks, bool isFirst, CancellationTokenSource end)
{
    public const string Argument = "--worker";

    /// <summary>Steps of the first turn, in which the runtime compiles what runs often.</summary>
    private const int WarmUp = 6;

    // More than any comparison trains.
    private const int Epochs = 1000;

    private int _turn, _left = WarmUp;
    private (long Time, TimeSpan Exchange, long Bytes, long Sums) _start;

    /// <param name="way">How it trains.</param>
    /// <param name="file">The run's specification.</param>
    /// <param name="outputs">The folder of a run of it.</param>
    /// <param name="turns">Where turns are given.</param>
    /// <param name="steps">Steps of a turn.</param>
    public static async Task RunAsync(Way way, string file, string outputs, string turns, int steps)
    {
        using var processes = MpiCollective.Start();
        var ranks = new MeteredCollective(way is Way.Alone or Way.SideBySide ? SingleCollective.Instance : processes);
        var specification = RunSpecificationLoader.Load(file);
        var qat = specification.Qat!;
        var batch = way switch
        {
            Way.SideBySide => qat.Batch / 2,
            Way.WholeBatches => qat.Batch * 2,
            _ => qat.Batch,
        };
        specification = specification with { Qat = qat with { Epochs = Epochs, Batch = batch, SyncBatchNorm = way != Way.OwnStatistics } };
        var inputs = Directory.GetFiles(outputs).ToDictionary(path => Path.GetFileName(path)!);
        var context = new RankContext(new RankJob(StageNames.Qat, specification, inputs, AreInputsSent: false, Baseline: null));
        var images = new KeptImageSource(new LocalImageSource());
        var (trainer, batches) = await QatTraining.StartAsync(
            context, await QatInputs.OpenAsync(context, images, default), ranks, default);
        using var end = new CancellationTokenSource();
        using (trainer)
        {
            await new Worker(way, turns, steps, ranks, processes.Rank == 0, end).TrainAsync(trainer, batches);
        }
    }

    private async Task TrainAsync(Trainer trainer, ITrainingBatches batches)
    {
        AwaitTurn();
        try
        {
            await trainer.TrainAsync(batches, new TrainingCallbacks { Progress = new Clock(Tick) }, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // No more turns.
        }
    }

    private void Tick()
    {
        if (--_left > 0)
        {
            return;
        }

        var count = _turn == 0 ? WarmUp : steps;
        if (isFirst)
        {
            Console.WriteLine(JsonSerializer.Serialize(new StepFigures(
                Stopwatch.GetElapsedTime(_start.Time).TotalMilliseconds / count,
                (ranks.Elapsed - _start.Exchange).TotalMilliseconds / count,
                (ranks.SummedBytes - _start.Bytes) / count,
                (ranks.Sums - _start.Sums) / count)));
        }

        (_turn, _left) = (_turn + 1, steps);
        AwaitTurn();
    }

    private void AwaitTurn()
    {
        if (!Turns.Await(turns, way, _turn))
        {
            end.Cancel();
        }

        _start = (Stopwatch.GetTimestamp(), ranks.Elapsed, ranks.SummedBytes, ranks.Sums);
    }

    private sealed class Clock(Action tick) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tick();
    }
}
